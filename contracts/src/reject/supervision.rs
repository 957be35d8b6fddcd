//! Refusals of alerts.

use super::Kind;

codes! { CODES_SUPERVISION;
    ALERT_RULE = "alert.rule", "alert.rule", "a rule's id is 1 to 60 letters, digits, '.', '_' or '-', and a rulebook's version is above zero", "规则编号或规则书版本格式不符";
    ALERT_NAMES = "alert.names", "alert.names", "an alert names 1 to 200 different records or organisations of each kind, and at least one in all", "预警须指明不重复的记录或主体";
    ALERT_DUE = "alert.due", "alert.due", "an alert is due after the block it is raised in", "处置期限须晚于预警时间";
    ALERT_OPEN = "alert.exists", "alert.once", "the same rule has an open alert about the same records and organisations", "同一规则对同一对象已有未处置预警";
    ALERT_UNKNOWN = "alert.unknown", "alert.open", "no open alert of this id", "没有该未处置预警";
}
