//! Refusals of building models, of steps that were done on paper, and of tenders that call themselves voluntary.

use super::Kind;

codes! { CODES_MODEL;
    TERMS = "tender.model", "model.terms", "a notice that asks for building models scores them by one of its criteria that is neither the price nor blind, and names 1 to 8 different IFC versions and a size", "要求提交建筑信息模型的公告须以非价格且非暗标的评标标准评审模型，并载明1至8个IFC版本及文件大小上限";
    UNKNOWN = "model.unknown", "model.sealed", "no opened bid of this bidder names a model here", "该投标人没有载明模型的已开启投标";
    DELIVERED = "model.delivered_already", "model.once", "the model was handed in already", "模型已提交";
    ALTERED = "model.altered", "model.as_sealed", "the model is not the one the bid sealed, or the record does not name the file as its document", "模型文件与密封投标所载不一致，或记录未以其为附件";
    NOT_DISQUALIFIED = "model.not_disqualified", "model.as_sealed", "a bid whose model is missing, unfit or was not handed in as sealed must be disqualified", "未载明模型、模型不符合要求或未按密封内容提交模型的投标须否决";
    WAITING = "model.waiting", "reveal_window", "a bidder may still hand in the model its bid names: no lots are drawn and nothing is reported before it has, or its time is over", "投标人提交所载模型的时限未满且尚未提交的，不得抽签或提交评标报告";
    VOLUNTARY = "tender.voluntary", "mandatory_scale_works", "a tender is voluntary only below the scale from which the law asks for one, over all its lots, each with its estimate or its ceiling, the higher", "各标段估算价与最高投标限价取高者合计达到必须招标规模标准的，不得作为自愿招标";
    PAPER = "paper.step", "paper.reached", "a step is noted once, after the project came to it and before its archive is sealed, and the record names the scan as a document", "线下办理的环节须在项目到达该环节后、归档前登记一次，并以扫描件为附件";
}
