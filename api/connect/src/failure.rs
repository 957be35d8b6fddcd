//! What a call failed on, in words that say what to do.

use std::error::Error;

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, InvalidMessage};

/// Why there was no answer: the innermost cause, which is the one that helps ("Connection refused"), and for a TLS
/// connection what is wrong with the certificate and who can change it. The address is never part of it, but its host may
/// be; [`reqwest::Error::without_url`] takes that away too.
#[must_use]
pub fn reason(error: &reqwest::Error) -> String {
    if let Some(tls) = causes(error).find_map(as_tls) {
        return of_tls(tls, error.url().and_then(reqwest::Url::host_str));
    }
    if error.is_timeout() {
        return "no answer in time 超时".to_owned();
    }
    let innermost = causes(error).last().map_or_else(|| error.to_string(), ToString::to_string);
    // What a TLS server says to a plain request is no HTTP.
    let plain = error.url().is_some_and(|url| url.scheme() == "http");
    if plain && causes(error).any(|cause| cause.to_string().contains("invalid HTTP version")) {
        return format!("{innermost}: no HTTP is spoken there; is it https://? 对方可能使用 https");
    }
    innermost
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// A TLS error stands in an I/O error, which passes over it when asked for its source.
fn as_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = error.downcast_ref() {
        return Some(tls);
    }
    let inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    as_tls(inner)
}

fn of_tls(error: &rustls::Error, host: Option<&str>) -> String {
    match error {
        rustls::Error::InvalidCertificate(wrong) => of_certificate(wrong, host.unwrap_or("this address")),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "no TLS is spoken there; is it http://? 对方未使用 TLS，可能是 http".to_owned()
        }
        rustls::Error::AlertReceived(alert) => {
            format!("the server ended the TLS connection ({alert:?}) 服务器中止了 TLS 连接")
        }
        other => format!("TLS: {other}"),
    }
}

fn of_certificate(wrong: &CertificateError, host: &str) -> String {
    match wrong {
        CertificateError::UnknownIssuer => {
            "the server's certificate is by an authority that is not known here: give that authority's certificate with --ca FILE (a node: https.ca_file in config.toml), or add it to the operating system 证书颁发机构不受信任"
                .to_owned()
        }
        CertificateError::NotValidForName => {
            format!("the server's certificate is not for {host}: use the name it is for 证书域名不符")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<String> = presented.iter().take(8).map(|name| printable(bare(name))).collect();
            format!(
                "the server's certificate is not for {host} but for {}: use a name it is for, or have it made for this one 证书域名不符",
                if names.is_empty() { "no name at all".to_owned() } else { names.join(", ") }
            )
        }
        CertificateError::Expired => expired("".to_owned()),
        CertificateError::ExpiredContext { time, not_after } => {
            expired(format!(" on {}, and it is {} here", date(*not_after), date(*time)))
        }
        CertificateError::NotValidYet => early("".to_owned()),
        CertificateError::NotValidYetContext { time, not_before } => {
            early(format!(" before {}, and it is {} here", date(*not_before), date(*time)))
        }
        CertificateError::BadSignature => {
            "the server's certificate was not signed by the authority of that name that is known here: where the authority has a new key, give its certificate with --ca FILE (a node: https.ca_file in config.toml) 证书签名与已知颁发机构不符"
                .to_owned()
        }
        CertificateError::Revoked => "the server's certificate was revoked 证书已吊销".to_owned(),
        CertificateError::Other(other) if other.0.to_string().contains("CaUsedAsEndEntity") => {
            "the server shows a certificate of an authority (CA:TRUE) as its own: have a server's certificate made with it 服务器直接使用了 CA 证书"
                .to_owned()
        }
        other => format!("the server's certificate is not taken: {other:?} 证书不被接受"),
    }
}

fn expired(when: String) -> String {
    format!(
        "the server's certificate ended{when}: its operator renews it; if that is not so, this machine's clock is wrong 证书已过期，或本机时钟不准"
    )
}

fn early(when: String) -> String {
    format!(
        "the server's certificate does not hold{when}: this machine's clock or the server's is wrong 证书尚未生效，请核对时钟"
    )
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).map_or_else(|_| "no date".to_owned(), |time| time.to_string())
}

/// Without its kind around it, as in `DnsName("localhost")`.
fn bare(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}
