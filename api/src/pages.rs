//! The web pages, built into the program: explorer, verify page, regulator's and operator's page.
//!
//! **Invariant:** every file under `api/web` that a page needs is listed in [`FILES`], a test says so; a path is
//! looked up in that list and never on a disk. No page runs inline script or style or asks another origin, but the
//! single-file offline page, whose scripts are named by their digests in its own policy.

use std::convert::Infallible;
use std::sync::OnceLock;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use biaozheng_ledger::digest::Digest;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";
const TEXT: &str = "text/plain; charset=utf-8";

/// What a page may do: run and style itself from here, ask this node, show pictures a visitor gave it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
     media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The offline page is for the visitor's disk: served, it is a download and nothing runs in it.
const DOWNLOAD_POLICY: &str = "default-src 'none'; sandbox";
/// Asked again each time, and answered 304 while nothing changed: a page and its scripts never disagree.
const CACHE: &str = "no-cache";

struct File {
    path: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    etag: OnceLock<HeaderValue>,
}

macro_rules! files {
    ($($kind:ident $path:literal),* $(,)?) => {
        [$(File {
            path: concat!("/", $path),
            kind: $kind,
            bytes: include_bytes!(concat!("../web/", $path)),
            etag: OnceLock::new(),
        }),*]
    };
}

static FILES: [File; 78] = files![
    HTML "index.html",
    HTML "verify.html",
    HTML "verify-offline.html",
    HTML "regulator.html",
    HTML "operator.html",
    STYLE "style.css",
    IMAGE "icon.svg",
    SCRIPT "pages/anchored.js",
    SCRIPT "pages/alerts.js",
    SCRIPT "pages/archive-view.js",
    SCRIPT "pages/charts.js",
    SCRIPT "pages/rules.js",
    SCRIPT "pages/split-view.js",
    SCRIPT "pages/timers.js",
    SCRIPT "pages/dropped.js",
    SCRIPT "archive/build.js",
    SCRIPT "archive/catalogue.js",
    SCRIPT "archive/items.js",
    SCRIPT "archive/judge.js",
    SCRIPT "archive/limits.js",
    SCRIPT "archive/manifest.js",
    SCRIPT "archive/model.js",
    SCRIPT "archive/path.js",
    SCRIPT "archive/read.js",
    SCRIPT "archive/source.js",
    SCRIPT "archive/tar.js",
    SCRIPT "pages/api.js",
    SCRIPT "pages/dom.js",
    SCRIPT "pages/evidence.js",
    SCRIPT "pages/explorer.js",
    SCRIPT "pages/language.js",
    SCRIPT "pages/opening.js",
    SCRIPT "pages/operator.js",
    SCRIPT "pages/pdf.js",
    SCRIPT "pages/prices.js",
    SCRIPT "pages/qr.js",
    SCRIPT "pages/regulator.js",
    SCRIPT "pages/search.js",
    SCRIPT "pages/stages.js",
    SCRIPT "pages/verdicts.js",
    SCRIPT "pages/verify-page.js",
    SCRIPT "verify/anchors.js",
    SCRIPT "verify/authority-certificate.js",
    SCRIPT "verify/authority-file.js",
    SCRIPT "verify/authority-name.js",
    SCRIPT "verify/authority-path.js",
    SCRIPT "verify/authority-signature.js",
    SCRIPT "verify/block.js",
    SCRIPT "verify/bytes.js",
    SCRIPT "verify/certificate.js",
    SCRIPT "verify/checkpoint.js",
    SCRIPT "verify/cose-receipt.js",
    SCRIPT "verify/der.js",
    SCRIPT "verify/ed25519.js",
    SCRIPT "verify/envelope.js",
    SCRIPT "verify/genesis.js",
    SCRIPT "verify/hashing.js",
    SCRIPT "verify/limits.js",
    SCRIPT "verify/merkle.js",
    SCRIPT "verify/names.js",
    SCRIPT "verify/note.js",
    SCRIPT "verify/policy-history.js",
    SCRIPT "verify/policy.js",
    SCRIPT "verify/receipt.js",
    SCRIPT "verify/record.js",
    SCRIPT "verify/sm3.js",
    SCRIPT "verify/strict-json.js",
    SCRIPT "verify/timestamp.js",
    SCRIPT "verify/trust.js",
    SCRIPT "vendor/noble-ed25519/index.js",
    SCRIPT "vendor/noble-hashes/sha2.js",
    SCRIPT "vendor/noble-hashes/_md.js",
    SCRIPT "vendor/noble-hashes/_u64.js",
    SCRIPT "vendor/noble-hashes/utils.js",
    SCRIPT "vendor/jsqr/jsQR.js",
    TEXT "vendor/noble-ed25519/LICENSE",
    TEXT "vendor/noble-hashes/LICENSE",
    TEXT "vendor/jsqr/LICENSE",
];

/// Routes of the pages, for any state. `/` is the explorer. Lay them beside the API's routes with
/// `Router::merge`; they set their own headers, so the API's `if_not_present` layers leave them alone.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let start = FILES.first().into_iter().map(|file| ("/", file));
    start.chain(FILES.iter().map(|file| (file.path, file))).fold(Router::new(), |router, (path, file)| {
        router.route(
            path,
            get(move |method: Method, headers: HeaderMap| async move {
                Ok::<Response, Infallible>(file.answer(&method, &headers))
            }),
        )
    })
}

impl File {
    fn etag(&self) -> HeaderValue {
        let make = || {
            let text = format!("\"{}\"", Digest::of(self.bytes).hex());
            HeaderValue::from_str(&text).expect("hexadecimal digits in quotes")
        };
        self.etag.get_or_init(make).clone()
    }

    /// True when the client's copy is this very file.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let etag = self.etag();
        headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|list| {
            list.split(',')
                .map(str::trim)
                .any(|one| one == "*" || Some(one.strip_prefix("W/").unwrap_or(one)) == etag.to_str().ok())
        })
    }

    fn answer(&self, method: &Method, headers: &HeaderMap) -> Response {
        let mut response = if self.is_known(headers) {
            StatusCode::NOT_MODIFIED.into_response()
        } else if method == Method::HEAD {
            StatusCode::OK.into_response()
        } else {
            self.bytes.into_response()
        };
        let offline = self.path == "/verify-offline.html";
        let fixed = [
            (header::CONTENT_TYPE, self.kind),
            (header::CACHE_CONTROL, CACHE),
            (header::CONTENT_SECURITY_POLICY, if offline { DOWNLOAD_POLICY } else { POLICY }),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()"),
        ];
        for (name, value) in fixed {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response.headers_mut().insert(header::ETAG, self.etag());
        if offline {
            let save = HeaderValue::from_static("attachment; filename=\"biaozheng-verify-offline.html\"");
            response.headers_mut().insert(header::CONTENT_DISPOSITION, save);
        }
        response
    }
}
