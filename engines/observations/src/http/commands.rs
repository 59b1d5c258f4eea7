//! Commands to a thing.

use axum::extract::State;
use axum::http::StatusCode;
use baotu_access::http::{Json, Path, Problem, Signed};
use baotu_vocabulary::ThingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::told::told;
use super::{COMMAND, READ, ThingsState};
use crate::command::{Command, CommandState};
use crate::register::{COMMANDS_ROWS_MAX, CommandFailure};

/// A command and how far it is.
#[derive(Serialize, ToSchema)]
pub(super) struct CommandTold {
    /// Its id.
    id: String,
    /// Its name in the thing's type.
    name: String,
    /// Its title there.
    title: String,
    /// How far it is.
    state: CommandState,
    /// When it was asked, RFC 3339.
    asked_at: String,
    /// When it was handed to the thing.
    sent_at: Option<String>,
    /// When it ended.
    ended_at: Option<String>,
    /// What the thing said of it.
    #[schema(value_type = Option<Object>)]
    result: Option<serde_json::Value>,
}

/// A command that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandBody {
    /// Its name in the thing's type.
    name: String,
}

impl ThingsState {
    fn command_told(&self, command: Command) -> CommandTold {
        let standing = self.things.thing(command.thing);
        let declared =
            standing.as_ref().and_then(|one| self.things.kind_of(&one.thing)?.command(&command.name));
        CommandTold {
            id: command.id.to_string(),
            title: declared.map_or_else(|| command.name.clone(), |declared| declared.title.clone()),
            name: command.name,
            state: command.state,
            asked_at: told(command.asked_at),
            sent_at: command.sent_at.map(told),
            ended_at: command.ended_at.map(told),
            result: command.result,
        }
    }
}

/// The newest commands to a thing.
#[utoipa::path(get, path = "/api/things/{id}/commands", operation_id = "commands_list", tag = "things",
    params(("id" = String, Path, description = "The thing")),
    responses((status = 200, body = Vec<CommandTold>), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Path(id): Path<ThingId>,
) -> Result<Json<Vec<CommandTold>>, Problem> {
    state.permitted(&actor, READ, id)?;
    let commands =
        state.things.commands(id, COMMANDS_ROWS_MAX).await.map_err(|fault| Problem::fault(&fault))?;
    Ok(Json(commands.into_iter().map(|command| state.command_told(command)).collect()))
}

/// Tells a thing what to do. One that is not connected is told when it comes back in time.
#[utoipa::path(post, path = "/api/things/{id}/commands", operation_id = "commands_ask", tag = "things", request_body = CommandBody,
    params(("id" = String, Path, description = "The thing")),
    responses((status = 201, body = CommandTold), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn ask(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Path(id): Path<ThingId>,
    Json(body): Json<CommandBody>,
) -> Result<(StatusCode, Json<CommandTold>), Problem> {
    state.permitted(&actor, COMMAND, id)?;
    let command = state.things.command(id, &body.name, &actor.reference()).await;
    let command = command.map_err(|failure| match failure {
        CommandFailure::Refused(refused) => Problem::from(refused),
        CommandFailure::Fault(fault) => Problem::fault(&fault),
    })?;
    Ok((StatusCode::CREATED, Json(state.command_told(command))))
}
