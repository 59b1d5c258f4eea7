//! The JSON Schemas of every declaration, for editors that complete and check while one writes.

use baotu_vocabulary::contract::schema_of;
use serde_json::Value as Json;

/// The name of each schema's file (`<name>.schema.json`) and the schema; those of tables describe one row.
pub fn schemas() -> Vec<(&'static str, Json)> {
    vec![
        ("city", schema_of::<crate::city::City>()),
        ("calendar-year", schema_of::<crate::calendar::Year>()),
        ("division-row", schema_of::<crate::places::Division>()),
        ("zones", schema_of::<crate::places::Zones>()),
        ("areas", schema_of::<crate::places::Areas>()),
        ("cells", schema_of::<crate::places::Cells>()),
        ("gazetteer-row", schema_of::<crate::places::GazetteerRow>()),
        ("unit-row", schema_of::<crate::organisations::Unit>()),
        ("post-row", schema_of::<crate::organisations::Post>()),
        ("function-row", schema_of::<crate::organisations::Function>()),
        ("roles", schema_of::<crate::roles::Roles>()),
        ("code-tables", schema_of::<crate::system::CodeTables>()),
        ("code-row", schema_of::<crate::system::CodeRow>()),
        ("system", schema_of::<crate::system::System>()),
        ("procedure", schema_of::<crate::procedure::Procedure>()),
        ("limit-row", schema_of::<crate::procedure::LimitRow>()),
        ("rules", schema_of::<crate::rules::AlarmRules>()),
        ("parameter-row", schema_of::<crate::parameters::ParameterRow>()),
        ("reactions", schema_of::<crate::reactions::Reactions>()),
        ("messages", schema_of::<crate::system::Messages>()),
        ("indicators", schema_of::<crate::system::Indicators>()),
        ("open311", schema_of::<crate::system::Open311>()),
        ("things", schema_of::<crate::sensing::Sensing>()),
        ("example", schema_of::<crate::system::Example>()),
    ]
}
