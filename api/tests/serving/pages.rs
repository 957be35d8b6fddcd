//! The pages as served: every file there, typed, with its policy, and answered 304 when known.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use axum::{Router, body};
use tower::ServiceExt as _;

async fn ask(method: &str, path: &str, known: Option<&str>) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(etag) = known {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    let pages: Router = biaozheng_api::pages::routes();
    pages.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn bytes(response: Response<Body>) -> Vec<u8> {
    body::to_bytes(response.into_body(), 4 << 20).await.unwrap().to_vec()
}

fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path.to_str().unwrap().to_owned());
        }
    }
}

/// The modules of which `build.mjs` makes the scripts that browsers run: served themselves to nobody.
const SOURCES: &[&str] = &["/pages/", "/verify/", "/archive/", "/vendor/noble"];

/// Everything in `api/web` that a browser may ask for.
fn expected() -> Vec<(String, Vec<u8>)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/web");
    let mut found = Vec::new();
    files(Path::new(root), &mut found);
    let endings = [".html", ".css", ".js", ".svg"];
    found
        .into_iter()
        .filter(|name| endings.iter().any(|ending| name.ends_with(ending)))
        .map(|name| (name.strip_prefix(root).unwrap().to_owned(), std::fs::read(&name).unwrap()))
        .filter(|(path, _)| !SOURCES.iter().any(|folder| path.starts_with(folder)))
        .collect()
}

#[tokio::test]
async fn every_file_is_served_as_it_is_with_its_type_and_policy() {
    let expected = expected();
    assert_eq!(expected.len(), 13);
    for (path, content) in expected {
        let response = ask("GET", &path, None).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let headers = response.headers().clone();
        let kind = match path.rsplit('.').next().unwrap() {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        };
        assert_eq!(headers[header::CONTENT_TYPE], kind, "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(bytes(response).await, content, "{path}");
    }
}

#[tokio::test]
async fn the_start_is_the_explorer_and_nothing_else_is_there() {
    let start = bytes(ask("GET", "/", None).await).await;
    assert_eq!(start, bytes(ask("GET", "/index.html", None).await).await);
    for path in [
        "/package.json",
        "/build.mjs",
        "/vendor/",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/pages",
        "/pages/explorer.js",
    ] {
        assert_eq!(ask("GET", path, None).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(ask("POST", "/verify.html", None).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let first = ask("GET", "/verify.html", None).await;
    let etag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
    for known in [etag.clone(), format!("\"other\", W/{etag}"), "*".to_owned()] {
        let again = ask("GET", "/verify.html", Some(&known)).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(again.headers()[header::ETAG].to_str().unwrap(), etag);
        assert!(bytes(again).await.is_empty());
    }
    assert_eq!(ask("GET", "/verify.html", Some("\"other\"")).await.status(), StatusCode::OK);
    let head = ask("HEAD", "/verify.html", None).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert!(bytes(head).await.is_empty());
}

#[tokio::test]
async fn the_offline_page_is_a_download() {
    let response = ask("GET", "/verify-offline.html", None).await;
    assert!(response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
}

#[tokio::test]
async fn the_pages_lie_beside_an_api_with_its_own_fallback() {
    let problem = || async { (StatusCode::NOT_FOUND, "a problem") };
    let api: Router =
        Router::new().route("/v1/status", axum::routing::get(|| async { "status" })).fallback(problem);
    let whole = api.merge(biaozheng_api::pages::routes());
    for (path, status) in [("/", 200), ("/v1/status", 200), ("/verify.html", 200), ("/nothing", 404)] {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = whole.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(path == "/nothing", bytes(response).await == b"a problem", "{path}");
    }
}
