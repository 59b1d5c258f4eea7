//! What a client asks for on its connection: to publish, to subscribe, to unsubscribe.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::accepting::{Accepting, Step, Verdict};
use super::codec::{Broken, Packet, Protocol, PublishPacket, Qos, Suback, Subscribe, Unsubscribe, reason};
use super::connection::{Connection, Ending};
use super::entrance::extras;
use super::gate::SubscribeRefused;
use super::sink::{Publish, PublishRefused};
use super::topic::{is_filter, is_topic, is_within, shared};

impl<S: AsyncRead + AsyncWrite> Connection<'_, S> {
    /// Hands a message of the client to the sink, unless its answer is known.
    pub(crate) fn publish(&mut self, mut packet: PublishPacket) -> Result<(), Ending> {
        self.resolve_alias(&mut packet)?;
        let answers = packet.properties.response_topic.as_deref();
        if !is_topic(&packet.topic) || answers.is_some_and(|topic| !is_topic(topic)) {
            return Err(Broken::TopicInvalid.into());
        }
        if !packet.properties.subscription_ids.is_empty() {
            // MQTT-3.3.4-6: only a server sends them.
            return Err(Broken::PropertyMisplaced.into());
        }
        let known = match packet.packet_id {
            Some(id) => self.known(id, packet.qos)?,
            None => None,
        };
        let (packet_id, qos) = (packet.packet_id, packet.qos);
        let refused = if !is_within(&packet.topic, &self.shared.limits) {
            Some(PublishRefused::Topic)
        } else if !self.shared.gate.may_publish(&self.entered.principal, &packet.topic) {
            Some(PublishRefused::NotAuthorised)
        } else {
            None
        };
        let known = known.or(refused.map(Verdict::Refused));
        let accepting = if known.is_some() {
            Accepting { publish: None, packet_id, qos, step: Step::Known(known) }
        } else {
            let publish = Arc::new(Publish {
                extras: extras(&packet.properties),
                topic: packet.topic,
                payload: packet.payload,
                qos,
                retain: packet.retain,
                duplicate: packet.duplicate,
                received: self.shared.surroundings.now(),
            });
            self.accepting_bytes += publish.payload.len();
            let step = Step::Sink(self.shared.sink.accept(&self.entered.principal, &publish));
            Accepting { publish: Some(publish), packet_id, qos, step }
        };
        self.accepting.push_back(accepting);
        Ok(())
    }

    /// Counts the packet identifier of a message of QoS 1 or 2 as open; the answer, when it is known from it.
    fn known(&mut self, id: u16, qos: Qos) -> Result<Option<Verdict>, Ending> {
        let is_new = !self.open.contains(&id);
        if qos == Qos::ExactlyOnce {
            let was_taken = self
                .shared
                .sessions()
                .get(&self.entered.name)
                .is_some_and(|session| session.taken.contains(&id));
            if was_taken {
                self.open.insert(id);
                return Ok(Some(Verdict::Again));
            }
            if !is_new {
                return Ok(Some(Verdict::InUse));
            }
        }
        let open_max = usize::from(self.shared.limits.publishes_in_flight_max);
        if self.entered.protocol == Protocol::V5 && is_new && self.open.len() >= open_max {
            return Err(Broken::ReceiveMaximum.into());
        }
        self.open.insert(id);
        Ok(None)
    }

    /// Gives a message the topic that its alias stands for, or remembers the alias (3.3.2.3.4).
    fn resolve_alias(&mut self, packet: &mut PublishPacket) -> Result<(), Ending> {
        let Some(alias) = packet.properties.topic_alias else { return Ok(()) };
        if alias == 0 || alias > self.shared.limits.topic_aliases_max {
            return Err(Broken::AliasInvalid.into());
        }
        let at = usize::from(alias) - 1;
        if packet.topic.is_empty() {
            let topic = self.aliases.get(at).and_then(Option::as_ref).ok_or(Broken::AliasInvalid)?;
            packet.topic.clone_from(topic);
        } else if is_within(&packet.topic, &self.shared.limits) {
            if self.aliases.len() <= at {
                self.aliases.resize(at + 1, None);
            }
            self.aliases[at] = Some(packet.topic.clone());
        }
        Ok(())
    }

    /// Counts why a message was not taken; a fault of ours is told in the log, once.
    pub(crate) fn tell_refused(&self, refused: &PublishRefused) {
        self.shared.sessions().count(refused.name(), 1);
        let client_id = &self.entered.name;
        match refused {
            PublishRefused::Fault(fault) => {
                tracing::error!(fault = fault.as_ref(), %client_id, "MQTT: a message could not be kept");
            }
            _ => tracing::debug!(reason = refused.name(), %client_id, "MQTT: a message was refused"),
        }
    }

    /// Enters subscriptions; each filter is answered on its own (MQTT-3.8.4-6).
    pub(crate) fn subscribe(&mut self, subscribe: &Subscribe) -> Result<(), Ending> {
        for filter in &subscribe.filters {
            if !is_filter(&filter.filter) {
                return Err(Broken::FilterInvalid.into());
            }
            if filter.no_local && shared(&filter.filter).is_some() {
                return Err(Broken::SharedNoLocal.into());
            }
        }
        let v5 = self.entered.protocol == Protocol::V5;
        let id = subscribe.properties.subscription_ids.first().copied();
        let (gate, principal, limits) = (&self.shared.gate, &self.entered.principal, &self.shared.limits);
        let mut codes = Vec::with_capacity(subscribe.filters.len());
        let mut entered = Vec::new();
        for filter in &subscribe.filters {
            let pattern = shared(&filter.filter).map_or(filter.filter.as_str(), |(_, pattern)| pattern);
            let code = if is_within(&filter.filter, limits) {
                match gate.may_subscribe(principal, pattern) {
                    Ok(()) => {
                        entered.push((codes.len(), filter));
                        reason::SUCCESS
                    }
                    Err(SubscribeRefused::NotAuthorised) => reason::NOT_AUTHORISED,
                    Err(SubscribeRefused::Unspecified) => reason::UNSPECIFIED,
                }
            } else {
                reason::FILTER
            };
            codes.push(code);
        }
        // SUBACK stands before the retained messages: the session hands them out when it is pulled next.
        let mut sessions = self.shared.sessions();
        for (at, filter) in entered {
            codes[at] = sessions.subscribe(&self.entered.name, filter, id, Instant::now());
        }
        for code in &mut codes {
            let name = match *code {
                0..0x80 => continue,
                reason::FILTER => "filter_too_long",
                reason::NOT_AUTHORISED | reason::UNSPECIFIED => "subscribe_not_authorised",
                _ => "subscriptions_full",
            };
            sessions.count(name, 1);
            if !v5 {
                *code = reason::UNSPECIFIED;
            }
        }
        drop(sessions);
        self.say(&Packet::Suback(Suback { packet_id: subscribe.packet_id, codes }));
        Ok(())
    }

    /// Ends subscriptions. UNSUBACK of MQTT 3.1.1 has no codes.
    pub(crate) fn unsubscribe(&mut self, unsubscribe: &Unsubscribe) -> Result<(), Ending> {
        if unsubscribe.filters.iter().any(|filter| !is_filter(filter)) {
            return Err(Broken::FilterInvalid.into());
        }
        let mut sessions = self.shared.sessions();
        let mut codes: Vec<u8> = unsubscribe
            .filters
            .iter()
            .map(|filter| sessions.unsubscribe(&self.entered.name, filter))
            .collect();
        drop(sessions);
        if self.entered.protocol == Protocol::V311 {
            codes.clear();
        }
        self.say(&Packet::Unsuback(Suback { packet_id: unsubscribe.packet_id, codes }));
        Ok(())
    }
}
