//! Conditions: CEL text of a declaration, checked against its scope before it ever runs.
//!
//! The library that evaluates CEL knows no types beforehand; the check is ours (`checker`). A condition is
//! compiled once, is shared freely, and knows which fields it reads, so that only those are handed to it.

mod checker;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use cel::common::ast::{Expr, IdedExpr, operators};
use cel::{Context, Env};
use serde_json::Value as Json;

use crate::types::Type;

/// Longest text of a condition, in characters: longer ones belong into several exits or a form field.
pub const CONDITION_CHARACTERS_MAX: usize = 1_000;
/// Deepest nesting of brackets and choices (`? :`): the parser of the library descends the stack with each.
const CONDITION_NESTING_MAX: usize = 24;
/// Deepest nesting of a condition, in nodes of its syntax tree.
const CONDITION_DEPTH_MAX: usize = 120;

/// The environment without optional-value syntax: officials shall need one way to say a thing.
static ENVIRONMENT: LazyLock<Arc<Env>> =
    LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));

/// The variables that a condition may read, with their types.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    variables: BTreeMap<String, Type>,
}

impl Scope {
    /// A scope without variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// This scope with another variable.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, kind: Type) -> Self {
        self.variables.insert(name.into(), kind);
        self
    }

    /// The type of a variable.
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.variables.get(name)
    }

    /// This scope where `condition` holds: what it has found not to be null may be used without asking again.
    #[must_use]
    pub fn knowing(mut self, condition: &Condition) -> Self {
        for path in &condition.compiled.present {
            let mut parts = path.split('.');
            let variable = parts.next().and_then(|name| self.variables.get_mut(name));
            let field = parts.try_fold(variable, |kind, part| match kind? {
                Type::Record(fields) => Some(fields.get_mut(part)),
                _ => None,
            });
            if let Some(Some(kind)) = field {
                *kind = kind.present().clone();
            }
        }
        self
    }

    /// The variables in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Type)> {
        self.variables.iter().map(|(name, kind)| (name.as_str(), kind))
    }
}

/// What is wrong with the text of a condition, for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionProblem {
    /// A stable name of the kind of mistake, kebab-case.
    pub code: &'static str,
    /// The line in the condition's text, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

impl fmt::Display for ConditionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "（{hint}）"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConditionProblem {}

/// A condition that failed while it ran, in spite of the check: a fault of ours or of the data handed to it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("condition “{text}”: {reason}")]
pub struct ConditionFault {
    /// The condition.
    pub text: String,
    /// Why.
    pub reason: String,
}

/// A checked CEL expression; cloning is cheap.
#[derive(Clone)]
pub struct Condition {
    compiled: Arc<Compiled>,
}

struct Compiled {
    text: String,
    expression: IdedExpr,
    kind: Type,
    /// The variables it reads, each narrowed to the fields it reads.
    reads: Vec<(String, Type)>,
    /// The paths that are not null where it holds.
    present: BTreeSet<String>,
}

impl Condition {
    /// Compiles a condition, which must be true or false.
    ///
    /// # Errors
    /// The first mistake in the text: syntax, an unknown name, operands that do not fit, a result that is no `bool`.
    pub fn compile(text: &str, scope: &Scope) -> Result<Self, ConditionProblem> {
        let condition = Self::expression(text, scope)?;
        match &condition.compiled.kind {
            Type::Bool | Type::Dyn => Ok(condition),
            kind => Err(ConditionProblem {
                code: "condition-not-bool",
                line: 1,
                column: 1,
                message: format!("条件的结果应为是否（bool），实为 {kind}"),
                hint: Some(match kind {
                    Type::Nullable(inner) if **inner == Type::Bool => format!("写成 `({text}) == true`"),
                    _ => "用 ==、!=、<、in 等写成一个判断".to_owned(),
                }),
            }),
        }
    }

    /// Compiles an expression of any type.
    ///
    /// # Errors
    /// The first mistake in the text.
    pub fn expression(text: &str, scope: &Scope) -> Result<Self, ConditionProblem> {
        if text.chars().count() > CONDITION_CHARACTERS_MAX {
            return Err(ConditionProblem {
                code: "condition-too-long",
                line: 1,
                column: 1,
                message: format!("条件超过 {CONDITION_CHARACTERS_MAX} 字"),
                hint: Some("拆成几个出口，或在表单中加一个字段".to_owned()),
            });
        }
        if nesting(text) > CONDITION_NESTING_MAX {
            return Err(ConditionProblem {
                code: "condition-too-deep",
                line: 1,
                column: 1,
                message: format!("条件的括号嵌套超过 {CONDITION_NESTING_MAX} 层"),
                hint: None,
            });
        }
        let program = ENVIRONMENT.compile(text).map_err(|errors| syntax_problem(&errors))?;
        let mut expression = program.expression().clone();
        let kind = checker::check(&mut expression, program.source_info(), scope)?;
        let reads = reads_of(&expression, scope);
        let present = checker::known_present(&expression, true);
        Ok(Self { compiled: Arc::new(Compiled { text: text.to_owned(), expression, kind, reads, present }) })
    }

    /// The text as declared.
    pub fn text(&self) -> &str {
        &self.compiled.text
    }

    /// The type of the result.
    pub fn kind(&self) -> &Type {
        &self.compiled.kind
    }

    /// The text that this expression always gives, if it is just one literal such as `'urban-case'`.
    pub fn literal(&self) -> Option<&str> {
        match &self.compiled.expression.expr {
            Expr::Literal(cel::common::ast::LiteralValue::String(text)) => Some(text.inner()),
            _ => None,
        }
    }

    /// The names that a map literal such as `{'number': event.data.number}` gives, if it is one.
    pub fn literal_keys(&self) -> Option<Vec<&str>> {
        let Expr::Map(map) = &self.compiled.expression.expr else { return None };
        let keys = map.entries.iter().map(|entry| match &entry.expr {
            cel::common::ast::EntryExpr::MapEntry(entry) => match &entry.key.expr {
                Expr::Literal(cel::common::ast::LiteralValue::String(text)) => Some(text.inner()),
                _ => None,
            },
            cel::common::ast::EntryExpr::StructField(_) => None,
        });
        keys.collect()
    }

    /// The variables and fields that it reads, as dotted paths (`case.level`).
    pub fn reads(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for (name, kind) in &self.compiled.reads {
            paths_of(name.clone(), kind, &mut paths);
        }
        paths
    }

    /// Whether the condition holds for these variables (an object, one property each).
    ///
    /// # Errors
    /// A value that is not of its declared type, or an overflow, division by zero and the like.
    pub fn holds(&self, variables: &Json) -> Result<bool, ConditionFault> {
        self.answer(self.run(variables)?)
    }

    /// Whether it can hold whatever `variable` turns out to be: every operand of its outermost `&&` that does not
    /// read `variable` holds. So a button is not shown where no form could make it work.
    ///
    /// # Errors
    /// As for [`Condition::holds`].
    pub fn can_hold_apart_from(&self, variable: &str, variables: &Json) -> Result<bool, ConditionFault> {
        let context = self.context(variables)?;
        for operand in operands(&self.compiled.expression) {
            if reads_variable(operand, variable) {
                continue;
            }
            let value =
                cel::Value::resolve(operand, &context).map_err(|error| self.fault(error.to_string()))?;
            if !self.answer(value)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The value of the expression for these variables (an object, one property each).
    ///
    /// # Errors
    /// As for [`Condition::holds`].
    pub fn value(&self, variables: &Json) -> Result<Json, ConditionFault> {
        let value = self.run(variables)?;
        to_json(&value).ok_or_else(|| self.fault(format!("gives {:?}, which is no JSON", value.type_of())))
    }

    fn run(&self, variables: &Json) -> Result<cel::Value, ConditionFault> {
        let context = self.context(variables)?;
        cel::Value::resolve(&self.compiled.expression, &context)
            .map_err(|error| self.fault(error.to_string()))
    }

    fn context(&self, variables: &Json) -> Result<Context<'static, 'static>, ConditionFault> {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        for (name, kind) in &self.compiled.reads {
            let value = kind
                .read(variables.get(name))
                .map_err(|unfit| self.fault(format!("variable {name}: {unfit}")))?;
            context.add_variable_from_value(name.clone(), value);
        }
        Ok(context)
    }

    fn answer(&self, value: cel::Value) -> Result<bool, ConditionFault> {
        match value {
            cel::Value::Bool(answer) => Ok(answer),
            other => Err(self.fault(format!("gives {:?}, not a bool", other.type_of()))),
        }
    }

    fn fault(&self, reason: String) -> ConditionFault {
        ConditionFault { text: self.compiled.text.clone(), reason }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({:?})", self.compiled.text)
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.compiled.text == other.compiled.text && self.compiled.kind == other.compiled.kind
    }
}

/// The moment that RFC 3339 text names, as CEL keeps it.
pub(crate) fn timestamp(text: &str) -> Option<cel::Value> {
    static CONVERSION: LazyLock<Option<IdedExpr>> =
        LazyLock::new(|| Some(ENVIRONMENT.compile("timestamp(text)").ok()?.expression().clone()));
    let conversion = CONVERSION.as_ref()?;
    let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
    context.add_variable_from_value("text", text.to_owned());
    cel::Value::resolve(conversion, &context).ok()
}

/// The operands of the outermost `&&`, in order; the expression itself where it is no `&&`.
fn operands(expression: &IdedExpr) -> Vec<&IdedExpr> {
    match &expression.expr {
        Expr::Call(call) if call.func_name == operators::LOGICAL_AND => {
            call.args.iter().flat_map(operands).collect()
        }
        _ => vec![expression],
    }
}

fn reads_variable(expression: &IdedExpr, variable: &str) -> bool {
    let mut reads = false;
    checker::each_path(expression, &mut |path| reads |= path.first() == Some(&variable));
    reads
}

/// How deep brackets and choices nest in a text that may be no CEL; quotes are not looked at, so it is never too low.
fn nesting(text: &str) -> usize {
    let (mut open, mut deepest, mut choices) = (0_usize, 0, 0);
    for character in text.chars() {
        match character {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '?' => choices += 1,
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest + choices
}

fn syntax_problem(errors: &cel::ParseErrors) -> ConditionProblem {
    let place = errors.errors.first().map_or((1, 0), |error| error.pos);
    let reason = errors.errors.first().map_or("", |error| error.msg.as_str());
    ConditionProblem {
        code: "condition-syntax",
        line: usize::try_from(place.0).unwrap_or(1).max(1),
        column: usize::try_from(place.1).unwrap_or(1).max(1),
        message: format!("条件的写法有误：{}", reason.lines().next().unwrap_or_default()),
        hint: Some("文字用单引号，比较用 ==，并且用 &&，或者用 ||".to_owned()),
    }
}

/// How much of a value is read.
enum Use {
    Whole,
    Fields(BTreeMap<String, Use>),
}

impl Use {
    fn add(&mut self, path: &[&str]) {
        match (path, &mut *self) {
            (_, Self::Whole) => {}
            ([], _) => *self = Self::Whole,
            ([field, rest @ ..], Self::Fields(fields)) => {
                fields.entry((*field).to_owned()).or_insert_with(|| Self::Fields(BTreeMap::new())).add(rest);
            }
        }
    }

    fn narrow(&self, kind: &Type) -> Type {
        match (self, kind) {
            (Self::Fields(uses), Type::Record(fields)) => Type::Record(
                uses.iter()
                    .filter_map(|(name, used)| Some((name.clone(), used.narrow(fields.get(name)?))))
                    .collect(),
            ),
            (Self::Fields(_), Type::Nullable(inner)) => self.narrow(inner).nullable(),
            _ => kind.clone(),
        }
    }
}

fn reads_of(expression: &IdedExpr, scope: &Scope) -> Vec<(String, Type)> {
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    checker::each_path(expression, &mut |path| {
        if let [variable, fields @ ..] = path
            && scope.get(variable).is_some()
        {
            uses.entry((*variable).to_owned()).or_insert_with(|| Use::Fields(BTreeMap::new())).add(fields);
        }
    });
    uses.into_iter()
        .filter_map(|(name, used)| {
            let kind = used.narrow(scope.get(&name)?);
            Some((name, kind))
        })
        .collect()
}

fn paths_of(path: String, kind: &Type, paths: &mut Vec<String>) {
    match kind.present() {
        Type::Record(fields) if !fields.is_empty() => {
            for (name, kind) in fields {
                paths_of(format!("{path}.{name}"), kind, paths);
            }
        }
        _ => paths.push(path),
    }
}

fn to_json(value: &cel::Value) -> Option<Json> {
    Some(match value {
        cel::Value::Null => Json::Null,
        cel::Value::Bool(value) => (*value).into(),
        cel::Value::Int(value) => (*value).into(),
        cel::Value::UInt(value) => (*value).into(),
        cel::Value::Float(value) => serde_json::Number::from_f64(*value)?.into(),
        cel::Value::String(text) => text.as_str().into(),
        cel::Value::List(items) => Json::Array(items.iter().map(to_json).collect::<Option<_>>()?),
        cel::Value::Map(map) => {
            let mut fields: Vec<(String, Json)> = map
                .map
                .iter()
                .map(|(name, value)| Some((name.to_string(), to_json(value)?)))
                .collect::<Option<_>>()?;
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(fields.into_iter().collect())
        }
        cel::Value::Timestamp(moment) => moment.to_rfc3339().into(),
        cel::Value::Function(..)
        | cel::Value::Bytes(_)
        | cel::Value::Duration(_)
        | cel::Value::Opaque(_)
        | cel::Value::Struct(_) => return None,
    })
}
