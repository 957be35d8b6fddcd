//! Real TLS servers on loopback, with certificates right and wrong: what is believed, and what each failure says.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

use std::path::PathBuf;
use std::sync::Arc;

use biaozheng_connect::{Trust, TrustError, reason, redirect};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyPair, date_time_ymd};
use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

struct Authority {
    certificate: Certificate,
    key: KeyPair,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { certificate: params.self_signed(&key).unwrap(), key, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        let path = self.folder.path().join("ca.pem");
        std::fs::write(&path, format!("subject=a test's\n{}\n", self.certificate.pem())).unwrap();
        path
    }

    fn trust(&self) -> Trust {
        Trust::with_file(&self.file()).unwrap()
    }

    /// A server whose certificate is made as `change` says; answers every request with `answer`.
    async fn serve(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
        answer: &'static str,
    ) -> u16 {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.certificate, &self.key).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut head = [0u8; 4096];
                    let _ = stream.read(&mut head).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        port
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

async fn get(trust: &Trust, address: &str) -> Result<reqwest::Response, String> {
    let url = Url::parse(address).unwrap();
    let client = trust.client_for(&url).build().unwrap();
    client.get(url).send().await.map_err(|error| reason(&error))
}

#[tokio::test]
async fn a_server_of_the_given_authority_is_believed_by_name_and_by_address() {
    let authority = Authority::new();
    let port = authority.serve(&["localhost", "127.0.0.1"], |_| (), OK).await;
    for host in ["localhost", "127.0.0.1"] {
        let answer = get(&authority.trust(), &format!("https://{host}:{port}/")).await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "ok");
    }
}

#[tokio::test]
async fn each_failure_says_what_to_do() {
    let authority = Authority::new();
    let trust = authority.trust();
    let localhost = |port: u16| format!("https://localhost:{port}/");

    let good = authority.serve(&["localhost"], |_| (), OK).await;
    let wrong_authority = Authority::new().trust();
    for unknowing in [Trust::default(), wrong_authority] {
        let said = get(&unknowing, &localhost(good)).await.unwrap_err();
        assert!(said.contains("--ca FILE") && said.contains("https.ca_file"), "{said}");
    }
    let said = get(&trust, &format!("https://127.0.0.1:{good}/")).await.unwrap_err();
    assert!(said.contains("not for 127.0.0.1 but for") && said.contains("localhost"), "{said}");

    let end = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 1, 2);
    let said = get(&trust, &localhost(authority.serve(&["localhost"], end, OK).await)).await.unwrap_err();
    assert!(said.contains("ended on 2020-01-02T00:00:00Z") && said.contains("已过期"), "{said}");

    let begin = |params: &mut CertificateParams| params.not_before = date_time_ymd(4000, 1, 1);
    let said = get(&trust, &localhost(authority.serve(&["localhost"], begin, OK).await)).await.unwrap_err();
    assert!(said.contains("does not hold before 4000-01-01"), "{said}");

    let ca = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let said = get(&trust, &localhost(authority.serve(&["localhost"], ca, OK).await)).await.unwrap_err();
    assert!(said.contains("CA:TRUE"), "{said}");
}

#[tokio::test]
async fn the_wrong_scheme_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0u8; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(OK.as_bytes()).await;
        }
    });
    let said = get(&Trust::default(), &format!("https://localhost:{port}/")).await.unwrap_err();
    assert!(said.contains("is it http://?"), "{said}");

    let authority = Authority::new();
    let port = authority.serve(&["localhost"], |_| (), OK).await;
    let said = get(&Trust::default(), &format!("http://localhost:{port}/")).await.unwrap_err();
    assert!(said.contains("is it https://?"), "{said}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_where_to() {
    let authority = Authority::new();
    let moved = "HTTP/1.1 308 Permanent Redirect\r\nlocation: /elsewhere?a=1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let port = authority.serve(&["localhost"], |_| (), moved).await;
    let answer = get(&authority.trust(), &format!("https://localhost:{port}/here")).await.unwrap();
    assert_eq!(answer.status(), 308);
    let said = redirect(&answer).unwrap();
    assert!(said.contains(&format!("(308) to https://localhost:{port}/elsewhere?a=1")), "{said}");

    let nowhere = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let port = authority.serve(&["localhost"], |_| (), nowhere).await;
    let answer = get(&authority.trust(), &format!("https://localhost:{port}/")).await.unwrap();
    assert!(redirect(&answer).unwrap().contains("to nowhere"));

    let port = authority.serve(&["localhost"], |_| (), OK).await;
    let answer = get(&authority.trust(), &format!("https://localhost:{port}/")).await.unwrap();
    assert_eq!(redirect(&answer), None);
}

#[test]
fn a_file_without_certificates_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authorities.pem");
    assert!(matches!(Trust::with_file(&path), Err(TrustError::Read { .. })));
    for wrong in ["", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(&path, wrong).unwrap();
        let said = Trust::with_file(&path).unwrap_err().to_string();
        assert!(said.contains("authorities.pem") && said.contains("BEGIN CERTIFICATE"), "{wrong}: {said}");
    }
    std::fs::write(&path, vec![b' '; 1024 * 1024 + 1]).unwrap();
    assert!(matches!(Trust::with_file(&path), Err(TrustError::TooLarge { .. })));
}
