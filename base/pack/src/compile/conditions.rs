//! Compiles a CEL text of a declaration and reports its mistake in the place where it stands in the file.

use crate::condition::{Condition, ConditionProblem, Scope};
use crate::document::{Document, Key};
use crate::problem::Place;

use super::Compiler;

impl Compiler<'_> {
    /// A condition that must be true or false.
    pub(super) fn condition(
        &mut self,
        document: &Document,
        path: &[Key<'_>],
        text: &str,
        scope: &Scope,
    ) -> Option<Condition> {
        self.compiled(document, path, Condition::compile(text, scope))
    }

    /// An expression of any type.
    pub(super) fn expression(
        &mut self,
        document: &Document,
        path: &[Key<'_>],
        text: &str,
        scope: &Scope,
    ) -> Option<Condition> {
        self.compiled(document, path, Condition::expression(text, scope))
    }

    fn compiled(
        &mut self,
        document: &Document,
        path: &[Key<'_>],
        compiled: Result<Condition, ConditionProblem>,
    ) -> Option<Condition> {
        match compiled {
            Ok(condition) => Some(condition),
            Err(problem) => {
                let start = document.place(path);
                // The text begins one column after its opening quote.
                let place = if problem.line == 1 {
                    Place { line: start.line, column: start.column + problem.column }
                } else {
                    Place { line: start.line + problem.line - 1, column: problem.column }
                };
                self.problems.error(&document.file, place, problem.code, problem.message, problem.hint);
                None
            }
        }
    }
}
