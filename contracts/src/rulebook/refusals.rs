//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    RULEBOOK_INVALID = "rulebook.invalid", "rulebook.form", "the rulebook cannot be used", "规则书无效";
    RULEBOOK_VERSION = "rulebook.version", "rulebook.version", "a category's version only rises by one", "规则书版本只能逐一递增";
    RULEBOOK_UNKNOWN = "rulebook.unknown", "rulebook.pinned", "the tender must pin the newest rulebook of its category", "招标须引用该类别最新规则书";
}

codes! { CODES_CATEGORIES;
    PROCEDURE = "rulebook.procedure", "rulebook.procedure", "the rulebook is for another procedure", "所引用规则书不适用于该交易方式";
}

codes! { CODES_RULES;
    STEP = "project.step", "rulebook.step", "the project's rulebook leaves this step out", "本项目适用的规则书未设该环节";
    TIGHTENING_INVALID = "tightening.invalid", "tightening.form", "the text cannot tighten a rulebook", "收紧文本无效";
    TIGHTENING_CENTRE = "tightening.centre", "tightening.centre", "a district centre tightens for its own projects: the text names the centre that signs", "区级中心仅可就本中心项目收紧规则，文本须载明签署中心";
    TIGHTENING_BASE = "tightening.base", "tightening.base", "the text is written against the newest rulebook of its category", "收紧文本须以该类别最新规则书为基础";
    TIGHTENING_VERSION = "tightening.version", "tightening.version", "a centre's version for a category only rises by one", "同一中心同一类别的版本只能逐一递增";
    TIGHTENING_FIXED = "tightening.parameter", "tightening.parameter", "this parameter is not in the rulebook or has no stricter direction; leave it out", "规则书无此参数或该参数不可收紧";
    TIGHTENING_LOOSER = "tightening.looser", "tightening.stricter", "a district may only tighten: keep the rulebook's value or a stricter one", "区级规则只能收紧，不得放宽";
    TIGHTENING_UNKNOWN = "rulebook.tightening", "rulebook.tightened", "the notice names the newest text its hosting centre has for the category in 'tightening', and none where there is none", "公告须引用承办中心该类别最新收紧文本，没有则不得引用";
    CALENDAR = "calendar.invalid", "calendar.form", "a calendar has days of its own year, each once: holidays, and Saturdays or Sundays that are worked", "日历须为当年日期且不重复：节假日与周末调休上班日";
    CALENDAR_VERSION = "calendar.version", "calendar.version", "a year's version only rises by one", "同一年度日历的版本只能逐一递增";
}
