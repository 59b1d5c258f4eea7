//! The one who knows the devices: who may connect, publish and subscribe. In a city, the register of things.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::codec::Protocol;

/// Who a connection is, as the gate names it: the id of a thing, or of a client program. Opaque to the broker, which
/// gives a session to nobody but the one that opened it.
pub type Principal = Arc<str>;

/// A client that asks to be let in.
#[derive(Clone, Copy)]
pub struct Connecting<'a> {
    /// Its client identifier; one that the broker made up when it sent none.
    pub client_id: &'a str,
    /// Its user name.
    pub username: Option<&'a str>,
    /// Its password. Secret: never logged.
    pub password: Option<&'a [u8]>,
    /// Where it connects from.
    pub peer: SocketAddr,
    /// Whether the connection is encrypted.
    pub is_tls: bool,
    /// The version it speaks.
    pub protocol: Protocol,
}

impl std::fmt::Debug for Connecting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connecting({} from {}, tls: {})", self.client_id, self.peer, self.is_tls)
    }
}

/// A client that is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Who it is.
    pub principal: Principal,
}

/// Why a client is not let in.
#[derive(Debug, thiserror::Error)]
pub enum ConnectRefused {
    /// User name or password are wrong, or missing (0x86; 4 in 3.1.1).
    #[error("用户名或密码不对")]
    Credentials,
    /// Known, and not allowed here or in this way, such as without TLS (0x87; 5 in 3.1.1).
    #[error("不允许连接")]
    NotAuthorised,
    /// The client identifier doesn't belong to these credentials (0x85; 2 in 3.1.1).
    #[error("客户端标识符不属于这个用户")]
    ClientId,
    /// A fault behind the gate; told to the client as "unavailable" only (0x88; 3 in 3.1.1).
    #[error("认证暂时不可用")]
    Fault(#[source] Box<dyn Error + Send + Sync>),
}

impl ConnectRefused {
    /// Its name, for counting.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::NotAuthorised => "connect_not_authorised",
            Self::ClientId => "client_id_of_another",
            Self::Fault(_) => "gate_fault",
        }
    }
}

/// Why a subscription is not entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscribeRefused {
    /// It is not this principal's to see (0x87; 0x80 in 3.1.1).
    NotAuthorised,
    /// Without a reason (0x80).
    Unspecified,
}

/// Who may do what. Asked for every connection, publish and subscription; `may_…` answer from memory.
pub trait Gate: Send + Sync {
    /// Whether `connecting` is who it says.
    ///
    /// # Errors
    /// Why it is not let in.
    fn authenticate<'a>(
        &'a self,
        connecting: Connecting<'a>,
    ) -> BoxFuture<'a, Result<Allowed, ConnectRefused>>;

    /// Whether `principal` may publish to `topic`, which is well formed.
    fn may_publish(&self, principal: &Principal, topic: &str) -> bool;

    /// Whether `principal` may subscribe to `filter`, which is well formed; of a shared subscription, the filter behind
    /// `$share/GROUP/`.
    ///
    /// # Errors
    /// Why not.
    fn may_subscribe(&self, principal: &Principal, filter: &str) -> Result<(), SubscribeRefused>;

    /// Told when `principal` is connected and its session stands.
    fn connected(&self, _principal: &Principal, _client_id: &str) {}

    /// Told when its connection has ended, with the name of the reason ("disconnect", "keep_alive", …).
    fn disconnected(&self, _principal: &Principal, _client_id: &str, _reason: &'static str) {}
}
