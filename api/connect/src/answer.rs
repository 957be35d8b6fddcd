//! What an answer says besides its body: where it points to, and when to come again.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Response, Url};

/// However long a server asks to be left alone.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// Characters of a server's own text that are shown.
const SHOWN_CHARS_MAX: usize = 200;

/// What to say of an answer that is a redirect; `None` for every other. It is never followed: what was asked may be signed
/// for, or secret to, the address that was given.
#[must_use]
pub fn redirect(response: &Response) -> Option<String> {
    say_redirect(response, |to| {
        let mut to = to.clone();
        // A name and a password in it are the server's matter.
        let _ = (to.set_username(""), to.set_password(None));
        to.to_string()
    })
}

/// The same where addresses are not for the log, since they may hold somebody's token: the new address's host alone.
#[must_use]
pub fn redirect_to_host(response: &Response) -> Option<String> {
    say_redirect(response, |to| to.origin().ascii_serialization())
}

fn say_redirect(response: &Response, show: impl FnOnce(&Url) -> String) -> Option<String> {
    let status = response.status();
    if !status.is_redirection() {
        return None;
    }
    let to = text(response.headers(), &LOCATION).and_then(|place| response.url().join(place).ok());
    Some(match to {
        Some(to) => format!(
            "answered with a redirect ({}) to {}, which is not followed; give that address if you trust it 该地址重定向，请核对后改用新地址",
            status.as_u16(),
            shown(&show(&to))
        ),
        None => format!(
            "answered with a redirect ({}) to nowhere, which is not followed 该地址重定向但未给出新地址",
            status.as_u16()
        ),
    })
}

/// How long a server asks to be left alone (`Retry-After`, RFC 9110, section 10.2.3): seconds, or a date in any of the
/// three forms of its section 5.6.7. A date is held against the server's own `Date` where it gives one, so that a clock
/// that is off changes nothing, and else against `now`. Never more than [`RETRY_AFTER_MAX`].
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let asked = text(headers, &RETRY_AFTER)?.trim();
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a long time too.
        let seconds = asked.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let from = text(headers, &DATE).and_then(|date| httpdate::parse_http_date(date.trim()).ok());
    let wait = until.duration_since(from.unwrap_or(now)).unwrap_or_default();
    Some(wait.min(RETRY_AFTER_MAX))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A server's text, bounded and without what steers a terminal.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
    use super::*;

    fn asked(retry: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        // 1994-11-06 08:49:37 UTC, the example of RFC 9110.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_in_each_of_its_three_forms() {
        assert_eq!(asked("30", None), Some(30));
        assert_eq!(asked(" 0 ", None), Some(0));
        for date in
            ["Sun, 06 Nov 1994 08:50:37 GMT", "Sunday, 06-Nov-94 08:50:37 GMT", "Sun Nov  6 08:50:37 1994"]
        {
            assert_eq!(asked(date, None), Some(60), "{date}");
        }
        assert_eq!(asked("Sun, 06 Nov 1994 08:00:00 GMT", None), Some(0), "in the past");
    }

    #[test]
    fn a_date_is_held_against_the_servers_own_clock() {
        let retry = "Sun, 06 Nov 1994 09:00:10 GMT";
        assert_eq!(asked(retry, Some("Sun, 06 Nov 1994 09:00:00 GMT")), Some(10));
        assert_eq!(asked(retry, Some("nonsense")), Some(633));
    }

    #[test]
    fn what_says_nothing_or_too_much_is_bounded() {
        for nothing in ["", "soon", "-1", "1.5", "Sun, 99 Nov 1994 08:50:37 GMT", "2026-11-30T00:00:00Z"] {
            assert_eq!(asked(nothing, None), None, "{nothing}");
        }
        let most = Some(RETRY_AFTER_MAX.as_secs());
        assert_eq!(asked("99999999999999999999999999", None), most);
        assert_eq!(asked("Sat, 06 Nov 2094 08:50:37 GMT", None), most);
    }
}
