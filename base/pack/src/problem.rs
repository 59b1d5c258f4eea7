//! What is wrong in a pack, for the person who wrote it: where, what, and how to mend it.
//!
//! Problems are collected, never thrown at the first: an author mends ten mistakes in one go.

use std::fmt;

/// Whether a problem keeps the pack from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The pack cannot run.
    Error,
    /// The pack runs, but its author should look.
    Warning,
}

/// One problem in one place of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the pack from running.
    pub level: Level,
    /// The file, relative to the pack's folder, with `/` between folders.
    pub file: String,
    /// The line, from 1; 0 when the file itself is missing.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// A stable name of the kind of mistake, kebab-case.
    pub code: &'static str,
    /// What is wrong, in Chinese, names in “”.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Error => "错误",
            Level::Warning => "警告",
        };
        write!(f, "{}:{}:{} {level}[{}] {}", self.file, self.line, self.column, self.code, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n    提示：{hint}"),
            None => Ok(()),
        }
    }
}

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// The beginning of a file.
    pub(crate) const START: Self = Self { line: 1, column: 1 };
    /// A file that is not there.
    pub(crate) const NOWHERE: Self = Self { line: 0, column: 0 };
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn error(
        &mut self,
        file: &str,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Level::Error, file, place, code, message.into(), hint);
    }

    pub(crate) fn warning(
        &mut self,
        file: &str,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Level::Warning, file, place, code, message.into(), hint);
    }

    fn add(
        &mut self,
        level: Level,
        file: &str,
        place: Place,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) {
        let Place { line, column } = place;
        self.found.push(Problem { level, file: file.to_owned(), line, column, code, message, hint });
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.level == Level::Error)
    }

    /// All of them, by file and line, each once.
    pub(crate) fn sorted(mut self) -> Vec<Problem> {
        self.found.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.code, &a.message)
                .cmp(&(&b.file, b.line, b.column, b.code, &b.message))
        });
        self.found.dedup();
        self.found
    }
}
