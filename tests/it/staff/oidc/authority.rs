//! An authority of certificates, made for a test.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// An authority that no browser knows, and what a server at this machine has from it.
pub(super) struct Authority {
    /// Its own certificate, as PEM.
    pub(super) pem: String,
    /// The server's key, as PEM.
    pub(super) key: String,
    /// The server's certificate, as PEM.
    pub(super) certificate: String,
}

impl Authority {
    /// Another one each time.
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap().pem();
        Self { pem, key: key.serialize_pem(), certificate }
    }
}
