//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES_CATEGORIES;
    LISTING_ASSET = "listing.asset", "asset_kinds", "the rulebook does not cover this kind of asset", "规则书不适用于该类标的";
    LISTING_NOTICE = "listing.notice", "listing_notice_min", "the notice runs too short before offers begin", "公告期不足";
    LISTING_PERIOD = "listing.period", "listing_period_min", "the time for offers is too short, or its moments are out of order", "挂牌报价期不足或时间顺序不符";
    LISTING_VIEWING = "listing.viewing", "viewing_min", "the asset is shown for too short a time before offers begin", "标的展示时间不足";
    LISTING_PRICE = "listing.price", "listing.price", "starting price and increment are above zero", "起始价和增价幅度须大于零";
    LISTING_HIDDEN = "listing.reserve_hidden", "listing_reserve_hidden", "the rulebook allows no hidden reserve price", "规则书不允许设置保密底价";
    LISTING_BOND_LOW = "listing.bond_low", "listing_bond_min_permille", "the bond is too low", "竞买保证金过低";
    LISTING_BOND = "listing.bond_high", "listing_bond_max_permille", "the bond is too high", "竞买保证金过高";
    LISTING_NUMBER = "listing.number", "listing.number", "a bidder number is new, no participant's id, signs the registration with its own key, and there is room for it", "竞买号须未曾使用、不与主体标识重复并以其密钥共同签名";
    LISTING_REGISTERED = "listing.registration_closed", "listing.registration", "the time to register is over", "竞买登记时间已过";
    LISTING_STRANGER = "listing.not_registered", "listing.number", "an offer is signed by a registered number with its key", "报价须由已登记竞买号以其密钥签名";
    LISTING_TIME = "listing.not_running", "listing.period", "offers are made after the lot's begin and before its end", "不在报价时间内";
    LISTING_LOW = "listing.offer_low", "listing.increment", "an offer is at least the starting price, and at least one increment above the best one", "报价低于起始价或未达到增价幅度";
    LISTING_RUNNING = "listing.running", "listing.period", "a lot still runs", "仍有标的处于报价期";
    LISTING_NUMBERS = "listing.numbers", "listing.identity", "the closing opens exactly the registered numbers, each as it was committed", "结束记录须逐一揭示全部竞买号且与承诺一致";
    LISTING_RESERVE = "listing.reserve", "listing.reserve", "the closing opens each lot's reserve price as it was committed", "底价与承诺不符";
    LISTING_RESULT = "listing.result", "listing.recomputed", "the result is not what offers, reserve and rulebook give", "结果与依据报价、底价及规则书复算不一致";
    DEAL = "deal.terms", "deal.as_offered", "a deal is confirmed once for each lot, by centre and winner, at the offered price", "成交确认书须由中心与竞得人按成交价共同签署，每个标的一次";
    CONTRACT_PUBLICITY = "contract.publicity", "publicity_min", "the result's publicity period is not over", "成交结果公示期未满";
}
