//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    UNKNOWN_TYPE = "record.type_unknown", "record.type", "this record type is not known to these contracts", "未知的记录类型";
    BODY = "record.body", "record.body", "the body is not what this record type needs", "记录内容不符合该类型要求";
    PROJECT_MISSING = "record.project_missing", "record.project", "this record type needs 'project'", "缺少项目编号";
    PREVIOUS = "record.previous", "record.previous", "'previous' does not name the record this one must follow; read the project again and sign anew", "前序记录不符，请重新读取项目后再签名";
    TEXT = "record.text", "record.text", "a text is empty, too long, or has control characters", "文本为空、过长或含控制字符";
}
