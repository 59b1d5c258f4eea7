//! A broker elsewhere, to which things publish instead: an outgrown city, an operator's platform. Several nodes share its
//! messages by one group.
//!
//! Who may publish to which topic there is that broker's business: a message counts as said by the thing that its topic
//! names, `PREFIX/CODE/readings` or `PREFIX/CODE/frames`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use baotu_doors::mqtt::{
    Accepted, Principal, Protocol, Publish, PublishRefused, Qos, Sink, Upstream, UpstreamParts, is_filter,
    tls_client_from_pem,
};
use baotu_doors::sensing::Intake as _;
use baotu_vocabulary::Surroundings;
use futures::future::BoxFuture;
use serde::Deserialize;
use tokio_rustls::rustls::pki_types::ServerName;

use super::Sensing;
use super::mqtt::Topics;

/// The settings of a broker elsewhere: a TOML file of its own, since it holds a password.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// Host name or address.
    host: String,
    /// Port.
    port: u16,
    /// `5` or `3.1.1`.
    #[serde(default = "five")]
    version: String,
    /// The certificate authorities that it may have its certificate from (PEM); without them the connection is in the
    /// clear.
    authorities: Option<PathBuf>,
    /// One per node, the same over restarts.
    client_id: String,
    /// User name.
    user: Option<String>,
    /// Password.
    password: Option<String>,
    /// The nodes of one group share the messages.
    group: Option<String>,
    /// What is before the code of a thing in its topics, for example `things`.
    prefix: String,
}

fn five() -> String {
    "5".to_owned()
}

impl std::fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Elsewhere({}:{})", self.host, self.port)
    }
}

impl Elsewhere {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, in the words of whoever wrote it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let told = |reason: String| format!("{}：{reason}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
        let read: Self =
            toml::from_str(&text).map_err(|error| told(error.to_string().trim_end().to_owned()))?;
        if !["5", "3.1.1"].contains(&read.version.as_str()) {
            return Err(told(format!("version 应为 5 或 3.1.1，却是“{}”", read.version)));
        }
        if !is_filter(&format!("{}/+/readings", read.prefix)) || read.prefix.contains(['+', '#']) {
            return Err(told(format!("prefix“{}”不是主题的开头", read.prefix)));
        }
        Ok(read)
    }

    /// The client of that broker.
    ///
    /// # Errors
    /// When its certificates cannot be used.
    pub(super) fn client(
        &self,
        sensing: &Sensing,
        surroundings: &Arc<dyn Surroundings>,
    ) -> anyhow::Result<Upstream> {
        let tls = match &self.authorities {
            Some(path) => {
                let connector = tls_client_from_pem(path).context("外部 MQTT 的证书不能用")?;
                let Ok(name) = ServerName::try_from(self.host.clone()) else {
                    bail!("“{}”不是主机名", self.host)
                };
                Some((connector, name))
            }
            None => None,
        };
        let of_things = ["readings", "frames"].map(|what| format!("{}/+/{what}", self.prefix));
        let sink =
            Said { topics: Topics::new(Arc::clone(&sensing.entry)), prefix: self.prefix.as_str().into() };
        Ok(Upstream::new(UpstreamParts {
            host: self.host.clone(),
            port: self.port,
            tls,
            protocol: if self.version == "5" { Protocol::V5 } else { Protocol::V311 },
            client_id: self.client_id.clone(),
            username: self.user.clone(),
            password: self.password.clone(),
            group: self.group.clone(),
            filters: of_things.to_vec(),
            qos: Qos::AtLeastOnce,
            principal: "elsewhere".into(),
            sink: Arc::new(sink),
            surroundings: Arc::clone(surroundings),
        }))
    }
}

/// Takes what that broker passes on.
#[derive(Clone)]
struct Said {
    topics: Topics,
    prefix: Arc<str>,
}

impl Sink for Said {
    fn accept(
        &self,
        _: &Principal,
        publish: &Arc<Publish>,
    ) -> BoxFuture<'static, Result<Accepted, PublishRefused>> {
        let (said, publish) = (self.clone(), Arc::clone(publish));
        Box::pin(async move {
            let topic = publish.topic.strip_prefix(&*said.prefix).and_then(|rest| rest.strip_prefix('/'));
            let (code, what) = topic.and_then(|rest| rest.split_once('/')).ok_or(PublishRefused::Topic)?;
            let thing = said.topics.entry().by_code(code).ok_or(PublishRefused::NotAuthorised)?;
            said.topics.hear(&thing, what, &publish.payload).await.map(|()| Accepted)
        })
    }
}
