//! The check of a condition's syntax tree before it runs: names, operands, arguments, and what may be `null`.
//!
//! On the way it puts two things into plain CEL: `has(x.y)` becomes "is not null", and a field of an open map
//! becomes "that field, or null". So what passes here does not stumble over absent fields.

use std::collections::BTreeSet;

use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators,
};

use super::{CONDITION_DEPTH_MAX, ConditionProblem, Scope};
use crate::nearest::nearest;
use crate::types::Type;

/// Functions called on their own, as `size(x)`.
const FUNCTIONS: [&str; 7] = ["size", "int", "double", "string", "bool", "timestamp", "duration"];
/// Functions called on text.
const TEXT_METHODS: [&str; 4] = ["contains", "startsWith", "endsWith", "matches"];
/// Parts of a moment, in UTC or in the zone given as argument.
const MOMENT_METHODS: [&str; 10] = [
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
];
/// Lengths of time in whole units.
const DURATION_METHODS: [&str; 4] = ["getHours", "getMinutes", "getSeconds", "getMilliseconds"];
/// Macros that walk a list; named here only to be suggested.
const LIST_MACROS: [&str; 5] = ["exists", "all", "exists_one", "filter", "map"];

/// Checks the tree against the scope and gives the type of its result.
pub(super) fn check(
    expression: &mut IdedExpr,
    source: &SourceInfo,
    scope: &Scope,
) -> Result<Type, ConditionProblem> {
    Checker { source, scope, locals: Vec::new(), present: Vec::new(), depth: 0 }.kind(expression)
}

/// Calls `visit` with each path of names that the tree reads: `case.form.unit` as three parts.
pub(super) fn each_path(expression: &IdedExpr, visit: &mut dyn FnMut(&[&str])) {
    match &expression.expr {
        Expr::Ident(_) | Expr::Select(_) => match path_parts(expression) {
            Some(parts) => visit(&parts),
            None => {
                if let Expr::Select(select) = &expression.expr {
                    each_path(&select.operand, visit);
                }
            }
        },
        Expr::Call(call) => {
            call.target.iter().for_each(|target| each_path(target, visit));
            call.args.iter().for_each(|argument| each_path(argument, visit));
        }
        Expr::List(list) => list.elements.iter().for_each(|element| each_path(element, visit)),
        Expr::Map(map) => {
            for entry in &map.entries {
                if let EntryExpr::MapEntry(entry) = &entry.expr {
                    each_path(&entry.key, visit);
                    each_path(&entry.value, visit);
                }
            }
        }
        Expr::Comprehension(walk) => {
            // A loop variable hides a variable of the scope that has the same name.
            let mut outside = |path: &[&str]| {
                if path.first() != Some(&walk.iter_var.as_str()) {
                    visit(path);
                }
            };
            each_path(&walk.iter_range, &mut outside);
            for part in [&walk.accu_init, &walk.loop_cond, &walk.loop_step, &walk.result] {
                each_path(part, &mut outside);
            }
        }
        Expr::Unspecified | Expr::Literal(_) | Expr::Struct(_) => {}
    }
}

struct Checker<'a> {
    source: &'a SourceInfo,
    scope: &'a Scope,
    /// Variables of the loops around, innermost last.
    locals: Vec<(String, Type)>,
    /// Paths known not to be null here, innermost last.
    present: Vec<BTreeSet<String>>,
    depth: usize,
}

type Checked = Result<Type, ConditionProblem>;

impl Checker<'_> {
    fn kind(&mut self, expression: &mut IdedExpr) -> Checked {
        self.depth += 1;
        if self.depth > CONDITION_DEPTH_MAX {
            return Err(self.problem(expression.id, "condition-too-deep", "条件嵌套过深".to_owned(), None));
        }
        let id = expression.id;
        let kind = match &mut expression.expr {
            Expr::Literal(literal) => literal_kind(literal)
                .ok_or_else(|| self.problem(id, "condition-type", "条件中不能写字节串".to_owned(), None)),
            Expr::Ident(name) => {
                let name = name.clone();
                self.variable(id, &name)
            }
            Expr::Select(_) => self.select(expression),
            Expr::Call(call) => self.call(id, call),
            Expr::List(list) => self.list(&mut list.elements),
            Expr::Map(map) => {
                let mut values = Type::Dyn;
                let mut fields = std::collections::BTreeMap::new();
                let mut named = true;
                for entry in &mut map.entries {
                    let EntryExpr::MapEntry(entry) = &mut entry.expr else { continue };
                    let key = self.kind(&mut entry.key)?;
                    self.want(&entry.key, &key, &Type::String)?;
                    let value = self.kind(&mut entry.value)?;
                    values = values.join(&value);
                    match &entry.key.expr {
                        Expr::Literal(LiteralValue::String(name)) => {
                            fields.insert(name.inner().to_owned(), value);
                        }
                        _ => named = false,
                    }
                }
                Ok(if named { Type::Record(fields) } else { Type::Map(Box::new(values)) })
            }
            Expr::Comprehension(walk) => self.walk(walk),
            Expr::Struct(_) | Expr::Unspecified => {
                Err(self.problem(id, "condition-syntax", "条件中不能构造记录".to_owned(), None))
            }
        }?;
        self.depth -= 1;
        let known_present =
            path_of(expression).is_some_and(|path| self.present.iter().any(|known| known.contains(&path)));
        Ok(if known_present { kind.present().clone() } else { kind })
    }

    fn variable(&self, id: u64, name: &str) -> Checked {
        let local = self.locals.iter().rev().find(|(local, _)| local == name).map(|(_, kind)| kind);
        if let Some(kind) = local.or_else(|| self.scope.get(name)) {
            return Ok(kind.clone());
        }
        let names: Vec<&str> = self.scope.iter().map(|(name, _)| name).collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(near) => format!("是否应为“{near}”"),
            None => format!("这里可用：{}；文字要加单引号", names.join("、")),
        };
        Err(self.problem(id, "unknown-variable", format!("没有名为“{name}”的变量"), Some(hint)))
    }

    fn select(&mut self, expression: &mut IdedExpr) -> Checked {
        let id = expression.id;
        let Expr::Select(select) = &mut expression.expr else { return Ok(Type::Dyn) };
        let operand = self.kind(&mut select.operand)?;
        let path = path_of(&select.operand).unwrap_or_else(|| "它".to_owned());
        if matches!(operand, Type::Nullable(_) | Type::Null) {
            return Err(self.may_be_null(id, &path));
        }
        let field = select.field.clone();
        match operand {
            Type::Record(fields) => {
                let Some(kind) = fields.get(&field) else {
                    let hint = match nearest(&field, fields.keys().map(String::as_str)) {
                        Some(near) => format!("是否应为“{path}.{near}”"),
                        None if fields.is_empty() => format!("“{path}”没有字段"),
                        None => {
                            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                            format!("“{path}”的字段：{}", names.join("、"))
                        }
                    };
                    return Err(self.problem(
                        id,
                        "unknown-field",
                        format!("“{path}”没有字段“{field}”"),
                        Some(hint),
                    ));
                };
                let kind = kind.clone();
                if select.test {
                    select.test = false;
                    let selected = std::mem::take(expression);
                    *expression = if kind.admits_null() {
                        call(id, operators::NOT_EQUALS, vec![selected, literal(id, LiteralValue::Null)])
                    } else {
                        literal(id, LiteralValue::Boolean(true.into()))
                    };
                    return Ok(Type::Bool);
                }
                Ok(kind)
            }
            Type::Map(_) | Type::Dyn => {
                let inner = if let Type::Map(inner) = operand { *inner } else { Type::Dyn };
                if select.test {
                    return Ok(Type::Bool);
                }
                let name = literal(id, LiteralValue::String(field.into()));
                let holds = call(id, operators::IN, vec![name, (*select.operand).clone()]);
                let selected = std::mem::take(expression);
                *expression =
                    call(id, operators::CONDITIONAL, vec![holds, selected, literal(id, LiteralValue::Null)]);
                Ok(inner.nullable())
            }
            other => Err(self.problem(
                id,
                "condition-type",
                format!("“{path}”是 {other}，没有字段“{field}”"),
                None,
            )),
        }
    }

    fn list(&mut self, elements: &mut [IdedExpr]) -> Checked {
        let mut inner = Type::Dyn;
        for element in elements {
            let kind = self.kind(element)?;
            if inner != Type::Dyn && kind != Type::Dyn && inner.join(&kind) == Type::Dyn {
                let message = format!("列表中混有 {inner} 和 {kind}");
                return Err(self.problem(element.id, "condition-type", message, None));
            }
            inner = inner.join(&kind);
        }
        Ok(Type::List(Box::new(inner)))
    }

    fn walk(&mut self, walk: &mut ComprehensionExpr) -> Checked {
        let range = self.kind(&mut walk.iter_range)?;
        let item = match &range {
            Type::List(inner) => (**inner).clone(),
            Type::Map(_) | Type::Record(_) => Type::String,
            Type::Dyn => Type::Dyn,
            Type::Nullable(_) | Type::Null => {
                let path = path_of(&walk.iter_range).unwrap_or_else(|| "它".to_owned());
                return Err(self.may_be_null(walk.iter_range.id, &path));
            }
            other => {
                let message = format!("只能逐个查看列表，这里是 {other}");
                return Err(self.problem(walk.iter_range.id, "condition-type", message, None));
            }
        };
        let start = self.kind(&mut walk.accu_init)?;
        self.locals.push((walk.iter_var.clone(), item));
        self.locals.push((walk.accu_var.clone(), start.clone()));
        self.kind(&mut walk.loop_cond)?;
        let step = self.kind(&mut walk.loop_step)?;
        if let Some(sum) = self.locals.last_mut() {
            sum.1 = start.join(&step);
        }
        let result = self.kind(&mut walk.result);
        self.locals.truncate(self.locals.len() - 2);
        result
    }

    fn call(&mut self, id: u64, call: &mut CallExpr) -> Checked {
        match (call.func_name.as_str(), call.args.as_mut_slice()) {
            (name @ (operators::LOGICAL_AND | operators::LOGICAL_OR), [left, right]) => {
                let holds_left = name == operators::LOGICAL_AND;
                let kind = self.kind(left)?;
                self.want(left, &kind, &Type::Bool)?;
                let known = known_present(left, holds_left);
                let kind = self.knowing(known, |checker| checker.kind(right))?;
                self.want(right, &kind, &Type::Bool)?;
                Ok(Type::Bool)
            }
            (operators::CONDITIONAL, [test, then, otherwise]) => {
                let kind = self.kind(test)?;
                self.want(test, &kind, &Type::Bool)?;
                let then_kind = self.knowing(known_present(test, true), |checker| checker.kind(then))?;
                let else_kind =
                    self.knowing(known_present(test, false), |checker| checker.kind(otherwise))?;
                let joined = then_kind.join(&else_kind);
                if joined == Type::Dyn && then_kind != Type::Dyn && else_kind != Type::Dyn {
                    let message = format!("? : 两边类型不同：{then_kind} 和 {else_kind}");
                    return Err(self.problem(id, "condition-type", message, None));
                }
                Ok(joined)
            }
            (_, _) => {
                let target = match &mut call.target {
                    Some(target) => Some(self.kind(target)?),
                    None => None,
                };
                let mut kinds = Vec::with_capacity(call.args.len());
                for argument in &mut call.args {
                    kinds.push(self.kind(argument)?);
                }
                match target {
                    Some(target) => self.method(id, call, &target, &kinds),
                    None => self.function(id, call, &kinds),
                }
            }
        }
    }

    /// Checks with some paths known not to be null.
    fn knowing<T>(&mut self, known: BTreeSet<String>, check: impl FnOnce(&mut Self) -> T) -> T {
        self.present.push(known);
        let checked = check(self);
        self.present.pop();
        checked
    }

    fn function(&self, id: u64, call: &CallExpr, kinds: &[Type]) -> Checked {
        let name = call.func_name.as_str();
        match (name, kinds) {
            (operators::EQUALS | operators::NOT_EQUALS, [a, b]) => self.equality(id, a, b),
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                [a, b],
            ) => {
                self.no_nulls(call, kinds)?;
                let numbers = is_number(a) && is_number(b);
                let same = a == b && matches!(a, Type::String | Type::Timestamp | Type::Duration);
                if numbers || same || is_dyn(kinds) {
                    Ok(Type::Bool)
                } else {
                    Err(self.operands(id, call, kinds))
                }
            }
            (
                operators::ADD
                | operators::SUBSTRACT
                | operators::MULTIPLY
                | operators::DIVIDE
                | operators::MODULO,
                [a, b],
            ) => {
                self.no_nulls(call, kinds)?;
                arithmetic(name, a, b).ok_or_else(|| self.operands(id, call, kinds))
            }
            (operators::NEGATE, [a]) => {
                self.no_nulls(call, kinds)?;
                if is_number(a) || *a == Type::Dyn {
                    Ok(a.clone())
                } else {
                    Err(self.operands(id, call, kinds))
                }
            }
            (operators::LOGICAL_NOT, [a]) => {
                self.want(&call.args[0], a, &Type::Bool)?;
                Ok(Type::Bool)
            }
            (operators::NOT_STRICTLY_FALSE, _) => Ok(Type::Bool),
            (operators::IN, [item, list]) => {
                self.no_null(&call.args[1], list)?;
                let fits = match list {
                    Type::List(inner) => comparable(inner, item),
                    Type::Map(_) | Type::Record(_) => comparable(&Type::String, item),
                    Type::Dyn => true,
                    _ => false,
                };
                if fits { Ok(Type::Bool) } else { Err(self.operands(id, call, kinds)) }
            }
            (operators::INDEX, [whole, index]) => self.index(id, call, whole, index),
            ("size", [a]) => {
                self.no_nulls(call, kinds)?;
                let sized =
                    matches!(a, Type::String | Type::List(_) | Type::Map(_) | Type::Record(_) | Type::Dyn);
                if sized { Ok(Type::Int) } else { Err(self.arguments(id, name, kinds)) }
            }
            ("int" | "double" | "string" | "bool" | "timestamp" | "duration", [a]) => {
                self.no_nulls(call, kinds)?;
                let (takes, gives): (&[Type], Type) = match name {
                    "int" => (&[Type::Int, Type::Double, Type::String, Type::Timestamp], Type::Int),
                    "double" => (&[Type::Int, Type::Double, Type::String], Type::Double),
                    "bool" => (&[Type::Bool, Type::String], Type::Bool),
                    "timestamp" => (&[Type::String, Type::Int, Type::Timestamp], Type::Timestamp),
                    "duration" => (&[Type::String, Type::Duration], Type::Duration),
                    _ => (
                        &[Type::Bool, Type::Int, Type::Double, Type::String, Type::Timestamp, Type::Duration],
                        Type::String,
                    ),
                };
                if *a == Type::Dyn || takes.contains(a) {
                    Ok(gives)
                } else {
                    Err(self.arguments(id, name, kinds))
                }
            }
            _ if FUNCTIONS.contains(&name) => Err(self.arguments(id, name, kinds)),
            _ if TEXT_METHODS.contains(&name) || LIST_MACROS.contains(&name) => Err(self.problem(
                id,
                "unknown-function",
                format!("“{name}”要写在对象之后"),
                Some(format!("例如 x.{name}(…)")),
            )),
            _ => Err(self.unknown_function(id, name, &FUNCTIONS)),
        }
    }

    fn method(&self, id: u64, call: &CallExpr, target: &Type, kinds: &[Type]) -> Checked {
        let name = call.func_name.as_str();
        if let Some(subject) = &call.target {
            self.no_null(subject, target)?;
        }
        match (target, name, kinds) {
            (Type::Dyn, "size", []) => Ok(Type::Int),
            (Type::Dyn, _, _) if TEXT_METHODS.contains(&name) => Ok(Type::Bool),
            (Type::String | Type::List(_) | Type::Map(_) | Type::Record(_), "size", []) => Ok(Type::Int),
            (Type::String, _, [argument]) if TEXT_METHODS.contains(&name) => {
                self.want(&call.args[0], argument, &Type::String)?;
                if name == "matches"
                    && let Expr::Literal(LiteralValue::String(pattern)) = &call.args[0].expr
                    && let Err(error) = regex::Regex::new(pattern.inner())
                {
                    let reason = error.to_string();
                    let last = reason.lines().last().unwrap_or_default().to_owned();
                    let message = format!("正则表达式“{}”写错了", pattern.inner());
                    return Err(self.problem(call.args[0].id, "condition-pattern", message, Some(last)));
                }
                Ok(Type::Bool)
            }
            (Type::Timestamp, _, []) if MOMENT_METHODS.contains(&name) => Ok(Type::Int),
            (Type::Timestamp, _, [zone]) if MOMENT_METHODS.contains(&name) => {
                self.want(&call.args[0], zone, &Type::String)?;
                Ok(Type::Int)
            }
            (Type::Duration, _, []) if DURATION_METHODS.contains(&name) => Ok(Type::Int),
            (Type::String, _, _) if TEXT_METHODS.contains(&name) => Err(self.arguments(id, name, kinds)),
            (Type::Timestamp, _, _) if MOMENT_METHODS.contains(&name) => Err(self.arguments(id, name, kinds)),
            (Type::String, ..) => Err(self.unknown_function(id, name, &TEXT_METHODS)),
            (Type::List(_), ..) => Err(self.unknown_function(id, name, &LIST_MACROS)),
            (Type::Timestamp, ..) => Err(self.unknown_function(id, name, &MOMENT_METHODS)),
            (Type::Duration, ..) => Err(self.unknown_function(id, name, &DURATION_METHODS)),
            _ => Err(self.problem(id, "unknown-function", format!("{target} 上没有函数“{name}”"), None)),
        }
    }

    fn index(&self, id: u64, call: &CallExpr, whole: &Type, index: &Type) -> Checked {
        self.no_null(&call.args[0], whole)?;
        match (whole, index) {
            (Type::List(inner), Type::Int | Type::Dyn) => Ok((**inner).clone()),
            (Type::Map(inner), Type::String | Type::Dyn) => Ok((**inner).clone()),
            (Type::Record(fields), Type::String) => match &call.args[1].expr {
                Expr::Literal(LiteralValue::String(name)) => {
                    fields.get(name.inner()).cloned().ok_or_else(|| {
                        let message = format!("没有字段“{}”", name.inner());
                        self.problem(call.args[1].id, "unknown-field", message, None)
                    })
                }
                _ => Ok(Type::Dyn),
            },
            (Type::Dyn, _) => Ok(Type::Dyn),
            _ => Err(self.operands(id, call, &[whole.clone(), index.clone()])),
        }
    }

    fn equality(&self, id: u64, a: &Type, b: &Type) -> Checked {
        if comparable(a, b) {
            return Ok(Type::Bool);
        }
        let (a, b) = (a.present(), b.present());
        let hint = match (a, b) {
            (Type::String, Type::Int) | (Type::Int, Type::String) => {
                Some("文字要加单引号，数字不加".to_owned())
            }
            _ => None,
        };
        Err(self.problem(id, "condition-type", format!("{a} 与 {b} 不能比较，永远不相等"), hint))
    }

    /// The value at `expression` is of type `kind`; `wanted` is needed.
    fn want(&self, expression: &IdedExpr, kind: &Type, wanted: &Type) -> Result<(), ConditionProblem> {
        if kind == wanted || *kind == Type::Dyn {
            return Ok(());
        }
        let path = path_of(expression);
        if kind.present() == wanted && *wanted == Type::Bool {
            let path = path.unwrap_or_else(|| "…".to_owned());
            return Err(self.problem(
                expression.id,
                "may-be-null",
                format!("“{path}”可能为空，不能直接当作条件"),
                Some(format!("写成 `{path} == true`")),
            ));
        }
        if kind.present() == wanted {
            return Err(self.may_be_null(expression.id, &path.unwrap_or_else(|| "它".to_owned())));
        }
        let subject = path.map(|path| format!("“{path}”")).unwrap_or_default();
        let message = format!("这里需要 {wanted}，{subject}却是 {kind}");
        Err(self.problem(expression.id, "condition-type", message, None))
    }

    fn no_nulls(&self, call: &CallExpr, kinds: &[Type]) -> Result<(), ConditionProblem> {
        call.args.iter().zip(kinds).try_for_each(|(argument, kind)| self.no_null(argument, kind))
    }

    fn no_null(&self, expression: &IdedExpr, kind: &Type) -> Result<(), ConditionProblem> {
        if matches!(kind, Type::Nullable(_) | Type::Null) {
            let path = path_of(expression).unwrap_or_else(|| "它".to_owned());
            return Err(self.may_be_null(expression.id, &path));
        }
        Ok(())
    }

    fn may_be_null(&self, id: u64, path: &str) -> ConditionProblem {
        self.problem(
            id,
            "may-be-null",
            format!("“{path}”可能为空，不能直接使用"),
            Some(format!("先判断，例如 `{path} != null && …`")),
        )
    }

    fn operands(&self, id: u64, call: &CallExpr, kinds: &[Type]) -> ConditionProblem {
        let sign = call.func_name.replace('_', "");
        let sign = sign.trim_start_matches('@');
        let hint = match kinds {
            [Type::Int, Type::Double] | [Type::Double, Type::Int] => {
                Some("整数与小数相算时写 double(x)".to_owned())
            }
            [Type::String, Type::Int | Type::Double] | [Type::Int | Type::Double, Type::String] => {
                Some("文字要加单引号，数字不加；数字转文字写 string(x)".to_owned())
            }
            _ => None,
        };
        let kinds: Vec<String> = kinds.iter().map(Type::to_string).collect();
        self.problem(id, "condition-type", format!("“{sign}”不能用于 {}", kinds.join(" 和 ")), hint)
    }

    fn arguments(&self, id: u64, name: &str, kinds: &[Type]) -> ConditionProblem {
        let kinds: Vec<String> = kinds.iter().map(Type::to_string).collect();
        let given = if kinds.is_empty() { "没有参数".to_owned() } else { kinds.join("、") };
        self.problem(id, "wrong-arguments", format!("“{name}”的参数不对：{given}"), None)
    }

    fn unknown_function(&self, id: u64, name: &str, known: &[&str]) -> ConditionProblem {
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("是否应为“{near}”"),
            None => format!("这里可用：{}", known.join("、")),
        };
        self.problem(id, "unknown-function", format!("没有函数“{name}”"), Some(hint))
    }

    fn problem(
        &self,
        id: u64,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) -> ConditionProblem {
        let offset = self.source.offset_for(id).map_or(0, |(start, _)| start as usize);
        let before: Vec<char> = self.source.source.chars().take(offset.saturating_sub(1)).collect();
        let line = before.iter().filter(|character| **character == '\n').count() + 1;
        let column = before.iter().rev().take_while(|character| **character != '\n').count() + 1;
        ConditionProblem { code, line, column, message, hint }
    }
}

fn literal_kind(literal: &LiteralValue) -> Option<Type> {
    Some(match literal {
        LiteralValue::Boolean(_) => Type::Bool,
        LiteralValue::Double(_) => Type::Double,
        LiteralValue::Int(_) | LiteralValue::UInt(_) => Type::Int,
        LiteralValue::Null => Type::Null,
        LiteralValue::String(_) => Type::String,
        LiteralValue::Bytes(_) => return None,
    })
}

fn literal(id: u64, value: LiteralValue) -> IdedExpr {
    IdedExpr { id, expr: Expr::Literal(value) }
}

fn call(id: u64, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
    IdedExpr { id, expr: Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args }) }
}

const fn is_number(kind: &Type) -> bool {
    matches!(kind, Type::Int | Type::Double)
}

fn is_dyn(kinds: &[Type]) -> bool {
    kinds.contains(&Type::Dyn)
}

/// Whether values of both types may ever be equal.
fn comparable(a: &Type, b: &Type) -> bool {
    let null = *a == Type::Null || *b == Type::Null;
    let (a, b) = (a.present(), b.present());
    null || a.takes(b) || b.takes(a) || (is_number(a) && is_number(b))
}

fn arithmetic(operator: &str, a: &Type, b: &Type) -> Option<Type> {
    if *a == Type::Dyn || *b == Type::Dyn {
        return Some(a.join(b));
    }
    match (operator, a, b) {
        (operators::MODULO, Type::Int, Type::Int) => Some(Type::Int),
        (operators::MODULO, ..) => None,
        (_, Type::Int, Type::Int) => Some(Type::Int),
        (_, Type::Double, Type::Double) => Some(Type::Double),
        (operators::ADD, Type::String, Type::String) => Some(Type::String),
        (operators::ADD, Type::List(_), Type::List(_)) => Some(a.join(b)),
        (operators::ADD | operators::SUBSTRACT, Type::Timestamp, Type::Duration) => Some(Type::Timestamp),
        (operators::ADD, Type::Duration, Type::Timestamp) => Some(Type::Timestamp),
        (operators::SUBSTRACT, Type::Timestamp, Type::Timestamp) => Some(Type::Duration),
        (operators::ADD | operators::SUBSTRACT, Type::Duration, Type::Duration) => Some(Type::Duration),
        _ => None,
    }
}

fn path_parts(expression: &IdedExpr) -> Option<Vec<&str>> {
    match &expression.expr {
        Expr::Ident(name) => Some(vec![name.as_str()]),
        Expr::Select(select) => {
            let mut parts = path_parts(&select.operand)?;
            parts.push(&select.field);
            Some(parts)
        }
        _ => None,
    }
}

fn path_of(expression: &IdedExpr) -> Option<String> {
    Some(path_parts(expression)?.join("."))
}

/// The paths that are not null once `expression` is known to be `outcome`.
pub(super) fn known_present(expression: &IdedExpr, outcome: bool) -> BTreeSet<String> {
    let Expr::Call(call) = &expression.expr else { return BTreeSet::new() };
    match (call.func_name.as_str(), call.args.as_slice()) {
        (operators::LOGICAL_NOT, [inner]) => known_present(inner, !outcome),
        (operators::LOGICAL_AND, [a, b]) if outcome => {
            known_present(a, true).into_iter().chain(known_present(b, true)).collect()
        }
        (operators::LOGICAL_OR, [a, b]) if !outcome => {
            known_present(a, false).into_iter().chain(known_present(b, false)).collect()
        }
        (operators::EQUALS, [a, b]) if outcome => equal_paths(a, b, false),
        (operators::EQUALS, [a, b]) => equal_paths(a, b, true),
        (operators::NOT_EQUALS, [a, b]) if outcome => equal_paths(a, b, true),
        (operators::NOT_EQUALS, [a, b]) => equal_paths(a, b, false),
        _ => BTreeSet::new(),
    }
}

/// The path compared with a literal: with `null` when it is known to differ, with anything else when to be equal.
fn equal_paths(a: &IdedExpr, b: &IdedExpr, null: bool) -> BTreeSet<String> {
    let literal = |side: &IdedExpr| match &side.expr {
        Expr::Literal(value) => matches!(value, LiteralValue::Null) == null,
        _ => false,
    };
    let path = if literal(b) {
        path_of(a)
    } else if literal(a) {
        path_of(b)
    } else {
        None
    };
    path.into_iter().collect()
}
