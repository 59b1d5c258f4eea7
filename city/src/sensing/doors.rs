//! The sockets on which things connect.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use baotu_doors::mqtt::tls_from_pem;
use baotu_vocabulary::Surroundings;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::Sensing;
use super::elsewhere::Elsewhere;

/// Where things may connect; a door that is absent stays shut.
#[derive(Clone, Debug, Default)]
pub struct ThingDoors {
    /// MQTT in the clear.
    pub mqtt: Option<SocketAddr>,
    /// MQTT over TLS, with the certificate chain and the key (PEM).
    pub mqtts: Option<(SocketAddr, PathBuf, PathBuf)>,
    /// HJ 212 over TCP.
    pub hj212: Option<SocketAddr>,
    /// A broker elsewhere whose messages are taken too.
    pub upstream: Option<Elsewhere>,
}

/// Bound sockets that do not answer yet.
pub struct BoundDoors {
    mqtt: Option<TcpListener>,
    mqtts: Option<(TcpListener, TlsAcceptor)>,
    hj212: Option<TcpListener>,
    upstream: Option<Elsewhere>,
}

impl ThingDoors {
    /// Binds them.
    ///
    /// # Errors
    /// An address that is taken, a certificate that cannot be used.
    pub async fn bind(self) -> anyhow::Result<BoundDoors> {
        let bind = async |address: Option<SocketAddr>| -> anyhow::Result<Option<TcpListener>> {
            let Some(address) = address else { return Ok(None) };
            let listener = TcpListener::bind(address).await.with_context(|| format!("不能监听 {address}"))?;
            Ok(Some(listener))
        };
        let mqtts = match self.mqtts {
            Some((address, chain, key)) => {
                let tls = tls_from_pem(&chain, &key).context("MQTT 的证书不能用")?;
                bind(Some(address)).await?.map(|listener| (listener, tls))
            }
            None => None,
        };
        let (mqtt, hj212) = (bind(self.mqtt).await?, bind(self.hj212).await?);
        Ok(BoundDoors { mqtt, mqtts, hj212, upstream: self.upstream })
    }
}

impl BoundDoors {
    /// The doors that are there, by name, with their real addresses.
    pub fn addresses(&self) -> Vec<(&'static str, SocketAddr)> {
        let tls = self.mqtts.as_ref().map(|(listener, _)| listener);
        let named = [("mqtt", self.mqtt.as_ref()), ("mqtts", tls), ("hj212", self.hj212.as_ref())];
        let address = |(name, listener): (&'static str, Option<&TcpListener>)| {
            Some((name, listener?.local_addr().ok()?))
        };
        named.into_iter().filter_map(address).collect()
    }

    /// Answers until `stop`.
    ///
    /// # Errors
    /// When the broker elsewhere cannot be spoken to as its settings say.
    pub fn open(
        self,
        sensing: &Sensing,
        surroundings: &Arc<dyn Surroundings>,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        if let Some(elsewhere) = &self.upstream {
            let (client, told) = (elsewhere.client(sensing, surroundings)?, stop.clone());
            tasks.spawn(async move {
                let (close, closing) = tokio::sync::watch::channel(false);
                let ending = async {
                    told.cancelled().await;
                    close.send_replace(true);
                };
                tokio::join!(client.run(closing), ending);
            });
        }
        if let Some(listener) = self.mqtt {
            let broker = sensing.broker.clone();
            tasks.spawn(async move { broker.serve(listener, None).await });
        }
        if let Some((listener, tls)) = self.mqtts {
            let broker = sensing.broker.clone();
            tasks.spawn(async move { broker.serve(listener, Some(tls)).await });
        }
        if let Some(listener) = self.hj212 {
            let (door, told) = (sensing.hj212.clone(), stop.clone());
            tasks.spawn(async move { door.serve(listener, told.cancelled()).await });
        }
        let (broker, told) = (sensing.broker.clone(), stop.clone());
        tasks.spawn(async move {
            told.cancelled().await;
            broker.close().await;
        });
        Ok(())
    }
}
