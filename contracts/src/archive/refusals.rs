//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    ARCHIVE = "archive.incomplete", "archive.complete", "the archive must cover every record of the project", "档案须覆盖项目全部记录";
}

codes! { CODES_COMPLAINT;
    RETENTION = "archive.retention", "archive_retention_min", "the archive is kept for too short a time", "档案保存期限不足";
}

codes! { CODES_MODEL;
    PAPER = "paper.step", "paper.reached", "a step is noted once, after the project came to it and before its archive is sealed, and the record names the scan as a document", "线下办理的环节须在项目到达该环节后、归档前登记一次，并以扫描件为附件";
}

codes! { CODES_REGISTRY;
    HISTORY_PROJECT = "history.project", "history.apart", "imported history belongs to no project of this ledger", "导入的历史数据不得关联本链项目";
    HISTORY_FORM = "history.form", "history.form", "an OCID is 1 to 256 bytes of text without control characters; source and licence at most 200 bytes", "历史数据标识、来源或许可格式不符";
    HISTORY_SAME = "history.same", "history.revision", "this content of the OCID is imported already", "该内容已导入";
    INDICATORS_PERIOD = "indicators.period", "indicators.period", "a period is over, begins before it ends, and holds a bounded number of ended projects", "统计期间须已结束且项目数量有限";
    INDICATORS_DIFFER = "indicators.differ", "indicators.recomputed", "the numbers are not what the ledger gives", "指标与链上复算结果不一致";
}
