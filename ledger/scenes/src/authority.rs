//! A timestamp authority made by Debian's `openssl` in a scratch folder, for tests: real keys, certificates, tokens.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// What tokens are made over: SHA-256 of the empty text.
pub const DIGEST: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// The authority's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Rsa2048,
    Rsa3072,
    P256,
    P384,
    P521,
}

#[derive(Debug)]
pub struct Authority {
    folder: tempfile::TempDir,
    key: Key,
    hash: &'static str,
}

const CA: &str =
    "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n";
const STAMPS: &str = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n";

impl Authority {
    /// An authority right under its root.
    pub fn new(key: Key, hash: &'static str) -> Self {
        let authority = Self::empty(key, hash);
        authority.root();
        authority.issue("tsa", "Test Time Authority", STAMPS, "root");
        fs::write(authority.path("chain.pem"), authority.file("root.pem")).unwrap();
        authority
    }

    /// An authority under an intermediate.
    pub fn with_intermediate() -> Self {
        Self::under(CA)
    }

    /// An authority under a certificate that is none of an authority for certificates.
    pub fn with_false_intermediate() -> Self {
        Self::under("basicConstraints=critical,CA:FALSE\n")
    }

    fn under(extensions: &str) -> Self {
        let authority = Self::empty(Key::P256, "sha256");
        authority.root();
        authority.issue("middle", "Test Intermediate", extensions, "root");
        authority.issue("tsa", "Test Time Authority", STAMPS, "middle");
        fs::write(authority.path("chain.pem"), authority.file("middle.pem")).unwrap();
        authority
    }

    fn empty(key: Key, hash: &'static str) -> Self {
        let authority = Self { folder: tempfile::tempdir().unwrap(), key, hash };
        let settings = format!(
            "[tsa]\ndefault_tsa = own\n[own]\nserial = {}\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n\
             signer_digest = {hash}\naccuracy = secs:1, millisecs:500, microsecs:100\nordering = yes\n\
             tsa_name = yes\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n",
            authority.path("serial").display()
        );
        fs::write(authority.path("ts.cnf"), settings).unwrap();
        fs::write(authority.path("serial"), "0A11\n").unwrap();
        authority
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn openssl(&self, arguments: &[&str]) -> Output {
        let output =
            Command::new("openssl").args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn make_key(&self, name: &str) {
        let file = format!("{name}.key");
        match self.key {
            Key::Rsa2048 => self.openssl(&["genrsa", "-out", &file, "2048"]),
            Key::Rsa3072 => self.openssl(&["genrsa", "-out", &file, "3072"]),
            Key::P256 => self.make_curve("prime256v1", &file),
            Key::P384 => self.make_curve("secp384r1", &file),
            Key::P521 => self.make_curve("secp521r1", &file),
        };
    }

    fn make_curve(&self, name: &str, file: &str) -> Output {
        self.openssl(&["ecparam", "-name", name, "-genkey", "-noout", "-out", file])
    }

    /// The root's certificate as `openssl x509` writes it under these options.
    pub fn root_by_openssl(&self, options: &[&str]) -> Vec<u8> {
        self.openssl(&[&["x509", "-in", "root.pem"], options].concat()).stdout
    }

    fn root(&self) {
        self.make_key("root");
        self.request("root", "Test Root", CA);
        let hash = format!("-{}", self.hash);
        self.openssl(&[
            "x509", "-req", "-in", "root.csr", "-signkey", "root.key", "-out", "root.pem", "-days", "3650",
            "-extfile", "root.ext", &hash,
        ]);
    }

    fn request(&self, name: &str, subject: &str, extensions: &str) {
        fs::write(self.path(&format!("{name}.ext")), extensions).unwrap();
        let (key, csr) = (format!("{name}.key"), format!("{name}.csr"));
        self.openssl(&["req", "-new", "-key", &key, "-subj", &format!("/CN={subject}"), "-out", &csr]);
    }

    fn issue(&self, name: &str, subject: &str, extensions: &str, by: &str) {
        self.make_key(name);
        self.request(name, subject, extensions);
        let hash = format!("-{}", self.hash);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &format!("{name}.csr"),
            "-CA",
            &format!("{by}.pem"),
            "-CAkey",
            &format!("{by}.key"),
            "-CAcreateserial",
            "-out",
            &format!("{name}.pem"),
            "-days",
            "3650",
            "-extfile",
            &format!("{name}.ext"),
            &hash,
        ]);
    }

    /// Another certificate of the root, for a signer of this name.
    pub fn signer(&self, name: &str, extensions: &str) -> String {
        self.issue(name, name, extensions, "root");
        name.to_owned()
    }

    /// As [`Self::signer`], valid between two times.
    pub fn signer_of_days(&self, name: &str, extensions: &str, from: &str, to: &str) -> String {
        self.make_key(name);
        self.request(name, name, extensions);
        let settings = "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=ca.srl\nnew_certs_dir=.\n\
                        default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n";
        fs::write(self.path("ca.cnf"), settings).unwrap();
        fs::write(self.path("index.txt"), "").unwrap();
        fs::write(self.path("ca.srl"), "77\n").unwrap();
        self.openssl(&[
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-cert",
            "root.pem",
            "-keyfile",
            "root.key",
            "-in",
            &format!("{name}.csr"),
            "-out",
            &format!("{name}.pem"),
            "-startdate",
            from,
            "-enddate",
            to,
            "-extfile",
            &format!("{name}.ext"),
        ]);
        name.to_owned()
    }

    /// `openssl ts -reply` to a question in DER.
    pub fn reply(&self, query: &[u8], with_chain: bool) -> Vec<u8> {
        fs::write(self.path("query.tsq"), query).unwrap();
        let mut arguments = vec![
            "ts",
            "-reply",
            "-config",
            "ts.cnf",
            "-queryfile",
            "query.tsq",
            "-signer",
            "tsa.pem",
            "-inkey",
            "tsa.key",
            "-out",
            "reply.tsr",
        ];
        if with_chain {
            arguments.extend(["-chain", "chain.pem"]);
        }
        self.openssl(&arguments);
        self.file("reply.tsr")
    }

    /// A token over a digest by openssl's own question and answer.
    pub fn token_over(&self, digest: &[u8; 32]) -> Vec<u8> {
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.openssl(&["ts", "-query", "-digest", &digits, "-sha256", "-cert", "-out", "own.tsq"]);
        self.reply(&self.file("own.tsq"), false);
        self.openssl(&["ts", "-reply", "-in", "reply.tsr", "-token_out", "-out", "token.der"]);
        self.file("token.der")
    }

    /// A token over [`DIGEST`].
    pub fn token(&self) -> Vec<u8> {
        self.token_over(&DIGEST)
    }

    /// The TSTInfo inside a token over [`DIGEST`].
    pub fn tst_info(&self) -> Vec<u8> {
        self.token();
        self.openssl(&[
            "cms",
            "-verify",
            "-noverify",
            "-inform",
            "DER",
            "-in",
            "token.der",
            "-binary",
            "-out",
            "info.der",
        ]);
        self.file("info.der")
    }

    /// A SignedData over a TSTInfo by any signer.
    pub fn cms(&self, info: &[u8], signer: &str, more: &[&str]) -> Vec<u8> {
        fs::write(self.path("content.der"), info).unwrap();
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let mut arguments = vec![
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-nosmimecap",
            "-md",
            "sha256",
            "-econtent_type",
            "1.2.840.113549.1.9.16.1.4",
            "-in",
            "content.der",
            "-signer",
            &certificate,
            "-inkey",
            &key,
            "-outform",
            "DER",
            "-out",
            "cms.der",
        ];
        arguments.extend(more);
        self.openssl(&arguments);
        self.file("cms.der")
    }

    /// `openssl ts -verify` accepts a token over [`DIGEST`].
    pub fn openssl_verifies(&self, token: &[u8]) {
        fs::write(self.path("judged.der"), token).unwrap();
        let digits: String = DIGEST.iter().map(|byte| format!("{byte:02x}")).collect();
        self.openssl(&[
            "ts",
            "-verify",
            "-digest",
            &digits,
            "-in",
            "judged.der",
            "-token_in",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "chain.pem",
        ]);
    }

    /// What openssl reads in a question.
    pub fn openssl_reads_request(&self, query: &[u8]) -> String {
        fs::write(self.path("ours.tsq"), query).unwrap();
        let output = self.openssl(&["ts", "-query", "-in", "ours.tsq", "-text"]);
        String::from_utf8(output.stdout).unwrap()
    }
}
