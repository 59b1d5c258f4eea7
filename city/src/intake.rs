//! How imported rows become cases: the door of imports asks, the engine of cases answers.

use baotu_access::Failure;
use baotu_cases::Cases;
use baotu_cases::service::{Ended, ImportAnswer, ImportedCase as Case};
use baotu_doors::import::{BoxFuture, CaseSink, Field, ImportedCase, ImportedStatus, Prepared};
use baotu_storage::StoreFault;
use baotu_vocabulary::{Moment, ProcedureName};

/// Takes imported cases as cases of one procedure.
pub struct Intake {
    /// The engine.
    pub cases: Cases,
    /// The procedure whose cases they become.
    pub procedure: ProcedureName,
}

impl CaseSink for Intake {
    fn prepare<'a>(
        &'a self,
        cases: &'a [ImportedCase],
        now: Moment,
    ) -> BoxFuture<'a, Result<Vec<Prepared>, StoreFault>> {
        Box::pin(async move {
            let cases: Vec<Case> = cases.iter().map(case).collect();
            match self.cases.import(&self.procedure, &cases, now).await {
                Ok(answers) => Ok(answers.into_iter().map(answer).collect()),
                // The command has looked the procedure up, so that this is said of no row.
                Err(Failure::Refused(refused)) => Err(StoreFault::Backup(refused.to_string())),
                Err(Failure::Fault(fault)) => Err(StoreFault::Backup(fault.to_string())),
            }
        })
    }
}

fn case(imported: &ImportedCase) -> Case {
    let ended = match imported.status {
        ImportedStatus::Open => None,
        ImportedStatus::Closed => Some(Ended::Closed),
        ImportedStatus::Merged => Some(Ended::Merged),
        ImportedStatus::Withdrawn => Some(Ended::Withdrawn),
        ImportedStatus::NotAccepted => Some(Ended::NotAccepted),
    };
    Case {
        source: imported.source.clone(),
        external_id: imported.external_id.clone(),
        title: imported.title.clone(),
        text: imported.text.clone(),
        category: imported.category.clone(),
        kind: imported.kind.clone(),
        channel: imported.channel.clone(),
        opened_at: imported.opened_at,
        due_at: imported.due_at,
        closed_at: imported.closed_at,
        ended,
        unit: imported.unit.clone(),
        position: imported.position,
        address: imported.address.clone(),
        transfers: imported.transfers,
        days_to_reply: imported.days_to_reply,
        reply: imported.reply.clone(),
    }
}

fn answer(answer: ImportAnswer) -> Prepared {
    match answer {
        ImportAnswer::New(work) => Prepared::New(work),
        ImportAnswer::Known => Prepared::Known,
        ImportAnswer::Refused { field, reason } => Prepared::Refused { field: field_of(field), reason },
    }
}

fn field_of(name: &str) -> Field {
    match name {
        "unit" => Field::Unit,
        "title" => Field::Title,
        "text" => Field::Text,
        "closed_at" => Field::ClosedAt,
        _ => Field::Category,
    }
}
