//! The listeners of the broker: TCP, and TLS over it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::broker::{Broker, Shared};
use super::connection::speak;
use super::entrance::Origin;

/// Milliseconds that a listener waits after the system refused it a connection, such as for want of file handles.
const ACCEPT_PAUSE_MS: u64 = 100;

/// Why a listener has no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsProblem {
    /// A file can't be read, or is no PEM.
    #[error("{file}：{why}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// Certificate and key don't fit, or are not understood.
    #[error("证书与私钥不能使用")]
    Config(#[from] rustls::Error),
}

/// TLS 1.2 and 1.3 with a certificate chain and its key, both PEM files.
///
/// # Errors
/// A file that can't be read, or a key that doesn't fit its certificate.
pub fn tls_from_pem(chain: &Path, key: &Path) -> Result<TlsAcceptor, TlsProblem> {
    let private = PrivateKeyDer::from_pem_file(key).map_err(|why| problem(key, &why))?;
    tls(certificates(chain)?, private)
}

/// TLS towards a broker whose certificate one of the authorities in a PEM file has signed.
///
/// # Errors
/// A file that can't be read, or an authority that is not understood.
pub fn tls_client_from_pem(authorities: &Path) -> Result<TlsConnector, TlsProblem> {
    tls_client(certificates(authorities)?)
}

/// TLS towards a broker whose certificate one of `authorities` has signed.
///
/// # Errors
/// An authority that is not understood.
pub fn tls_client(authorities: Vec<CertificateDer<'static>>) -> Result<TlsConnector, TlsProblem> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsProblem> {
    let read = CertificateDer::pem_file_iter(file).map_err(|why| problem(file, &why))?;
    read.collect::<Result<Vec<_>, _>>().map_err(|why| problem(file, &why))
}

fn problem(file: &Path, why: &dyn std::fmt::Display) -> TlsProblem {
    TlsProblem::File { file: file.display().to_string(), why: why.to_string() }
}

/// TLS 1.2 and 1.3 with a certificate chain and its key.
///
/// # Errors
/// A key that doesn't fit its certificate.
pub fn tls(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<TlsAcceptor, TlsProblem> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl Broker {
    /// Lets clients in at `listener`, over TLS when `tls` is given, until the broker is closed. A broker may serve
    /// several listeners at once.
    pub async fn serve(&self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        let mut closing = self.0.closing.subscribe();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = closing.wait_for(|is_closing| *is_closing) => return,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, Origin { peer, is_tls: tls.is_some() }, tls.clone()),
                Err(error) => {
                    tracing::warn!(%error, "MQTT: the system refuses a connection");
                    tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, origin: Origin, tls: Option<TlsAcceptor>) {
        let shared = Arc::clone(&self.0);
        let Ok(room) = Arc::clone(&shared.room).try_acquire_owned() else {
            shared.sessions().count("connections_full", 1);
            return;
        };
        // Packets are small and answered one by one; a socket that refuses the option works without it.
        let _ = stream.set_nodelay(true);
        match tls {
            None => drop(tokio::spawn(async move {
                speak(shared, stream, origin).await;
                drop(room);
            })),
            Some(tls) => drop(tokio::spawn(async move {
                if let Some(stream) = encrypted(&shared, &tls, stream).await {
                    speak(shared, stream, origin).await;
                }
                drop(room);
            })),
        }
    }
}

async fn encrypted(
    shared: &Shared,
    tls: &TlsAcceptor,
    stream: TcpStream,
) -> Option<Box<tokio_rustls::server::TlsStream<TcpStream>>> {
    let patience = Duration::from_secs(shared.limits.connect_seconds_max);
    let failed: io::Error = match timeout(patience, Box::pin(tls.accept(stream))).await {
        Ok(Ok(stream)) => return Some(Box::new(stream)),
        Ok(Err(error)) => error,
        Err(_) => io::ErrorKind::TimedOut.into(),
    };
    tracing::debug!(error = %failed, "MQTT: a TLS handshake failed");
    shared.sessions().count("tls_handshake", 1);
    None
}
