//! What the Open311 door asks of the city: cases opened by programs, what is public of them, and who holds a key.

use baotu_access::{AccessState, Failure};
use baotu_cases::service::{GivenPlace, OpenCase, PublicQuestion};
use baotu_cases::view::Contact;
use baotu_cases::{CaseFailure, Cases};
use baotu_doors::open311::{
    ApiClient, ApiKeys, BoxFuture, Fault, OpenFailed, Opened, PublicRequest, Report, Requests, Search,
};
use baotu_vocabulary::{Actor, ActorKind, BlobId, CaseId};

/// The channel of a case that came in through a program, where its procedure declares it.
const CHANNEL: &str = "开放接口";

/// The engine of cases behind the door.
pub(crate) struct PublishedCases(pub(crate) Cases);

/// Access behind the door.
pub(crate) struct Keys(pub(crate) AccessState);

impl PublishedCases {
    /// A report as the engine is asked to open it.
    fn asked(&self, report: Report) -> OpenCase {
        let channel = self.0.takes_channel(&report.procedure, CHANNEL).then(|| CHANNEL.to_owned());
        let place = (report.position.is_some() || report.address.is_some()).then(|| GivenPlace {
            lon: report.position.map(|point| point.lon()),
            lat: report.position.map(|point| point.lat()),
            address: report.address,
        });
        let contact = Contact { name: report.contact.name, phone: report.contact.phone };
        OpenCase {
            procedure: report.procedure,
            category: report.category,
            level: None,
            kind: None,
            channel,
            title: report.title,
            text: report.text,
            place,
            form: report.form,
            contact: (contact.name.is_some() || contact.phone.is_some()).then_some(contact),
            confidential: false,
            id: None,
        }
    }
}

impl Requests for PublishedCases {
    fn open<'a>(
        &'a self,
        report: Report,
        client: &'a ApiClient,
    ) -> BoxFuture<'a, Result<Opened, OpenFailed>> {
        Box::pin(async move {
            let opened = self.0.open(self.asked(report), &actor(client)).await.map_err(failed)?;
            Ok(Opened { case: opened.state.id, number: opened.state.number })
        })
    }

    fn check<'a>(&'a self, report: Report, client: &'a ApiClient) -> BoxFuture<'a, Result<(), OpenFailed>> {
        Box::pin(
            async move { self.0.check_opening(self.asked(report), &actor(client)).await.map_err(failed) },
        )
    }

    fn keep_photo<'a>(
        &'a self,
        bytes: Vec<u8>,
        client: &'a ApiClient,
    ) -> BoxFuture<'a, Result<BlobId, OpenFailed>> {
        Box::pin(async move {
            let kept = self.0.keep_photo(bytes, &actor(client)).await.map_err(failed)?;
            kept.id.parse().map_err(|error| OpenFailed::Fault(Box::new(error)))
        })
    }

    fn search<'a>(&'a self, search: &'a Search) -> BoxFuture<'a, Result<Vec<PublicRequest>, Fault>> {
        Box::pin(async move {
            let question = PublicQuestion {
                numbers: search.numbers.clone(),
                kinds: search.kinds.clone(),
                from: search.from,
                to: search.to,
                is_open: search.is_open,
                offset: search.offset,
                limit: search.limit,
            };
            let found = self.0.public(&question).await?;
            let request = |case: baotu_cases::service::PublicCase| PublicRequest {
                number: case.number,
                procedure: case.procedure,
                category: case.category,
                category_name: case.category_name,
                is_open: case.is_open,
                status_notes: case.reply.or(Some(case.status)),
                description: case.description,
                agency: case.agency,
                opened_at: case.opened_at,
                changed_at: case.changed_at,
                due_at: case.due_at,
                address: case.address,
                position: case.point,
                // A photo may show people: it is published by nobody but who took it.
                media_url: None,
            };
            Ok(found.into_iter().map(request).collect())
        })
    }

    fn number<'a>(&'a self, case: CaseId) -> BoxFuture<'a, Result<Option<String>, Fault>> {
        Box::pin(async move { Ok(self.0.public_number(case).await?) })
    }
}

impl ApiKeys for Keys {
    fn client<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ApiClient>, Fault>> {
        Box::pin(async move {
            let actor = self.0.client_of_key(key).await?;
            Ok(actor.and_then(|actor| match actor.kind {
                ActorKind::Client { name } => Some(ApiClient { name }),
                _ => None,
            }))
        })
    }
}

fn actor(client: &ApiClient) -> Actor {
    Actor { kind: ActorKind::Client { name: client.name.clone() }, purpose: None }
}

fn failed(failure: CaseFailure) -> OpenFailed {
    match failure {
        Failure::Refused(refused) => OpenFailed::Refused(Box::new(refused)),
        Failure::Fault(fault) => OpenFailed::Fault(fault),
    }
}
