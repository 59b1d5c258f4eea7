//! Reads the folder of a pack: which file is what, and each of them into its type, keeping places.
//!
//! Whether names resolve and rules make sense is not asked here.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::rc::Rc;

use baotu_vocabulary::FormName;
use baotu_vocabulary::contract::schema_of;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::calendar::Year;
use crate::city::City;
use crate::digest::digest;
use crate::document::{Document, Unreadable};
use crate::organisations::{Function, Post, Unit};
use crate::parameters::ParameterRow;
use crate::places::{Areas, Cells, Division, GazetteerRow, Zones};
use crate::problem::{Place, Problems};
use crate::procedure::{LimitRow, Procedure};
use crate::reactions::Reactions;
use crate::roles::Roles;
use crate::rules::AlarmRules;
use crate::sensing::Sensing;
use crate::shape;
use crate::system::{CodeRow, CodeTableHead, CodeTables, Example, Indicators, Messages, Open311, System};
use crate::table::Table;

/// The largest file that is read, in bytes: surveyed cells of a large city stay far below.
const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Mistakes of syntax that are told of one file.
const SYNTAX_MISTAKES_TOLD: usize = 3;

/// A TOML or JSON file and its meaning.
#[derive(Debug)]
pub(crate) struct Declared<T> {
    pub(crate) value: T,
    pub(crate) document: Document,
}

/// The pack as it stands in its folder.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) hash: String,
    pub(crate) city: Option<Declared<City>>,
    pub(crate) years: Vec<Declared<Year>>,
    pub(crate) divisions: Vec<Table<Division>>,
    pub(crate) zones: Vec<Declared<Zones>>,
    pub(crate) areas: Vec<Declared<Areas>>,
    pub(crate) cells: Vec<Declared<Cells>>,
    pub(crate) gazetteer: Vec<Table<GazetteerRow>>,
    /// GeoJSON files of `places/` by name.
    pub(crate) outlines: BTreeMap<String, Json>,
    pub(crate) units: Vec<Table<Unit>>,
    pub(crate) posts: Vec<Table<Post>>,
    pub(crate) functions: Vec<Table<Function>>,
    pub(crate) roles: Vec<Declared<Roles>>,
    pub(crate) code_heads: Vec<Declared<CodeTables>>,
    pub(crate) codes: Vec<(CodeTableHead, Table<CodeRow>)>,
    pub(crate) systems: Vec<SystemDraft>,
    /// Kinds of declaration of which something could not be read: names of these kinds are not called unknown.
    pub(crate) incomplete: BTreeSet<Kind>,
}

/// A system's folder.
#[derive(Debug)]
pub(crate) struct SystemDraft {
    /// Relative to the pack's folder.
    pub(crate) folder: String,
    pub(crate) head: Option<Declared<System>>,
    pub(crate) procedures: Vec<Declared<Procedure>>,
    pub(crate) forms: BTreeMap<FormName, Declared<Json>>,
    pub(crate) limits: Option<Table<LimitRow>>,
    pub(crate) reactions: Option<Declared<Reactions>>,
    pub(crate) rules: Option<Declared<AlarmRules>>,
    pub(crate) parameters: Option<Table<ParameterRow>>,
    pub(crate) messages: Option<Declared<Messages>>,
    pub(crate) indicators: Option<Declared<Indicators>>,
    pub(crate) open311: Option<Declared<Open311>>,
    pub(crate) sensing: Option<Declared<Sensing>>,
    pub(crate) examples: Vec<Declared<Example>>,
    pub(crate) texts: Option<String>,
}

/// What a name may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Years,
    Divisions,
    Units,
    Posts,
    Roles,
    Codes,
    Procedures,
    Forms,
    Limits,
    Messages,
    Parameters,
    Rules,
    Sensing,
}

/// Reads the folder.
pub(crate) fn read(folder: &Path, problems: &mut Problems) -> Draft {
    let mut reader = Reader {
        files: files(folder, problems),
        schemas: HashMap::new(),
        problems,
        incomplete: BTreeSet::new(),
    };
    let mut draft = reader.draft();
    draft.incomplete = std::mem::take(&mut reader.incomplete);
    draft
}

/// The files of the folder by relative path; hidden ones are left out.
fn files(folder: &Path, problems: &mut Problems) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_str().is_some_and(|name| name.starts_with('.'))
    };
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(visible) {
        let entry = match entry {
            Ok(entry) if entry.file_type().is_file() => entry,
            Ok(_) => continue,
            Err(error) => {
                let path =
                    error.path().and_then(|path| path.strip_prefix(folder).ok()).unwrap_or(Path::new(""));
                let message = format!("读不了：{error}");
                problems.error(&path.to_string_lossy(), Place::NOWHERE, "unreadable-file", message, None);
                continue;
            }
        };
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        if entry.metadata().is_ok_and(|data| data.len() > FILE_BYTES_MAX as u64) {
            let message = format!("文件超过 {} 兆字节", FILE_BYTES_MAX / (1024 * 1024));
            problems.error(&name, Place::NOWHERE, "unreadable-file", message, None);
            continue;
        }
        match std::fs::read(entry.path()) {
            Ok(bytes) => {
                files.insert(name, bytes);
            }
            Err(error) => {
                problems.error(&name, Place::NOWHERE, "unreadable-file", format!("读不了：{error}"), None);
            }
        }
    }
    files
}

/// One mistake throws the parser off for lines; only the first few are worth telling.
fn first_of_each_line(mut mistakes: Vec<Unreadable>) -> impl Iterator<Item = Unreadable> {
    mistakes.sort_by_key(|mistake| (mistake.place.line, mistake.place.column));
    mistakes.dedup_by_key(|mistake| mistake.place.line);
    mistakes.into_iter().take(SYNTAX_MISTAKES_TOLD)
}

struct Reader<'a> {
    /// Those not read yet.
    files: BTreeMap<String, Vec<u8>>,
    schemas: HashMap<TypeId, Rc<Json>>,
    problems: &'a mut Problems,
    incomplete: BTreeSet<Kind>,
}

impl Reader<'_> {
    fn draft(&mut self) -> Draft {
        let mut draft = Draft { hash: self.hash(), ..Draft::default() };
        if self.files.contains_key("city.toml") {
            draft.city = self.toml("city.toml", None);
        } else {
            let hint = Some("城市包的文件夹里要有 city.toml".to_owned());
            self.problems.error("city.toml", Place::NOWHERE, "missing-file", "没有 city.toml", hint);
        }
        draft.years = self.tomls("calendar/", Some(Kind::Years));
        draft.divisions.extend(self.table("places/divisions.csv", Some(Kind::Divisions)));
        draft.zones.extend(self.toml("places/zones.toml", Some(Kind::Divisions)));
        draft.areas.extend(self.toml("places/areas.toml", None));
        draft.cells.extend(self.toml("places/cells.toml", None));
        draft.gazetteer.extend(self.table("places/gazetteer.csv", None));
        for file in self.names("places/", ".geojson") {
            if let Some(text) = self.text(&file) {
                match serde_json::from_str(&text) {
                    Ok(json) => {
                        draft.outlines.insert(file["places/".len()..].to_owned(), json);
                    }
                    Err(error) => {
                        let place = Place { line: error.line().max(1), column: error.column().max(1) };
                        self.problems.error(&file, place, "json-syntax", format!("不是 JSON：{error}"), None);
                    }
                }
            }
        }
        self.organisation("organisations/", &mut draft);
        draft.roles.extend(self.tomls("roles/", Some(Kind::Roles)));
        self.codes("codes/", &mut draft);
        for folder in self.system_folders() {
            let system = self.system(&folder, &mut draft);
            draft.systems.push(system);
        }
        self.unread();
        draft
    }

    /// Over every file's path and content.
    fn hash(&self) -> String {
        let sums: Vec<String> =
            self.files.iter().map(|(name, bytes)| digest(&[name, &String::from_utf8_lossy(bytes)])).collect();
        digest(&sums.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn system_folders(&self) -> Vec<String> {
        self.files.keys().filter_map(|name| name.strip_suffix("/system.toml")).map(str::to_owned).collect()
    }

    fn system(&mut self, folder: &str, draft: &mut Draft) -> SystemDraft {
        let inside = |name: &str| format!("{folder}/{name}");
        let head = self.toml(&inside("system.toml"), None);
        let mut procedures: Vec<_> =
            self.toml(&inside("procedure.toml"), Some(Kind::Procedures)).into_iter().collect();
        procedures.extend(self.tomls(&inside("procedures/"), Some(Kind::Procedures)));
        let mut forms = BTreeMap::new();
        for file in self.names(&inside("forms/"), ".json") {
            let name =
                file.rsplit('/').next().and_then(|name| name.strip_suffix(".json")).unwrap_or_default();
            if let Some(form) = self.json(&file) {
                forms.insert(FormName::from(name), form);
            }
        }
        draft.roles.extend(self.toml(&inside("roles.toml"), Some(Kind::Roles)));
        draft.roles.extend(self.tomls(&inside("roles/"), Some(Kind::Roles)));
        self.organisation(&inside(""), draft);
        self.codes(&inside("codes/"), draft);
        self.demo_habits(&inside("demo.toml"));
        let for_demo = inside("demo/");
        self.files.retain(|file, _| !file.starts_with(&for_demo));
        SystemDraft {
            head,
            procedures,
            forms,
            limits: self.table(&inside("limits.csv"), Some(Kind::Limits)),
            reactions: self.toml(&inside("reactions.toml"), None),
            rules: self.toml(&inside("rules.toml"), Some(Kind::Rules)),
            parameters: self.table(&inside("parameters.csv"), Some(Kind::Parameters)),
            messages: self.toml(&inside("messages.toml"), Some(Kind::Messages)),
            indicators: self.toml(&inside("indicators.toml"), None),
            open311: self.toml(&inside("open311.toml"), None),
            sensing: self.toml(&inside("things.toml"), Some(Kind::Sensing)),
            examples: self.tomls(&inside("examples/"), None),
            texts: self.text(&inside("texts.md")),
            folder: folder.to_owned(),
        }
    }

    /// How the demo city behaves is declared for the demo alone, which reads it itself; here only the syntax is checked.
    fn demo_habits(&mut self, file: &str) {
        if let Some(text) = self.text(file) {
            self.document(file, &text);
        }
    }

    fn organisation(&mut self, folder: &str, draft: &mut Draft) {
        draft.units.extend(self.table(&format!("{folder}units.csv"), Some(Kind::Units)));
        draft.posts.extend(self.table(&format!("{folder}posts.csv"), Some(Kind::Posts)));
        draft.functions.extend(self.table(&format!("{folder}functions.csv"), None));
    }

    fn codes(&mut self, folder: &str, draft: &mut Draft) {
        let Some(heads) = self.toml::<CodeTables>(&format!("{folder}tables.toml"), Some(Kind::Codes)) else {
            return;
        };
        for (index, head) in heads.value.tables.iter().enumerate() {
            let file = format!("{folder}{}", head.file);
            if !self.files.contains_key(&file) {
                let place = heads.document.place(crate::document::keys!["table", index, "file"]);
                let message = format!("没有文件“{file}”");
                self.problems.error(&heads.document.file, place, "missing-file", message, None);
                self.incomplete.insert(Kind::Codes);
                continue;
            }
            if let Some(table) = self.table(&file, Some(Kind::Codes)) {
                draft.codes.push((head.clone(), table));
            }
        }
        draft.code_heads.push(heads);
    }

    /// Warns of files that nothing reads: most often a misspelt name.
    fn unread(&mut self) {
        let files = std::mem::take(&mut self.files);
        for name in files.keys() {
            let last = name.rsplit('/').next().unwrap_or(name);
            let prose = last.ends_with(".md") || matches!(last, "NOTICE" | "LICENSE");
            if !prose {
                let hint = Some("检查文件名和所在的文件夹；说明文字写成 .md".to_owned());
                self.problems.warning(name, Place::START, "unread-file", "没有程序会读这个文件", hint);
            }
        }
    }

    /// The files directly in a folder (given with its slash) that end so.
    fn names(&self, folder: &str, ending: &str) -> Vec<String> {
        let inside = |name: &&String| {
            name.strip_prefix(folder).is_some_and(|rest| !rest.contains('/') && rest.ends_with(ending))
        };
        self.files.keys().filter(inside).cloned().collect()
    }

    fn tomls<T: DeserializeOwned + JsonSchema + 'static>(
        &mut self,
        folder: &str,
        kind: Option<Kind>,
    ) -> Vec<Declared<T>> {
        self.names(folder, ".toml").iter().filter_map(|file| self.toml(file, kind)).collect()
    }

    /// Reads a TOML file, if it is there.
    fn toml<T: DeserializeOwned + JsonSchema + 'static>(
        &mut self,
        file: &str,
        kind: Option<Kind>,
    ) -> Option<Declared<T>> {
        if !self.files.contains_key(file) {
            return None;
        }
        let before = self.problems.len();
        let read = self.toml_there(file);
        if self.problems.len() > before {
            self.incomplete.extend(kind);
        }
        read
    }

    fn toml_there<T: DeserializeOwned + JsonSchema + 'static>(&mut self, file: &str) -> Option<Declared<T>> {
        let text = self.text(file)?;
        let document = self.document(file, &text)?;
        let before = self.problems.len();
        let schema = self.schema::<T>();
        let json = shape::check(&document, &schema, self.problems);
        match serde_json::from_value(json) {
            Ok(value) => Some(Declared { value, document }),
            Err(error) => {
                // The walk over the schema has told everything with its place; this is the rest that it can't see.
                if self.problems.len() == before {
                    self.problems.error(
                        file,
                        Place::START,
                        "wrong-type",
                        format!("内容不合格式：{error}"),
                        None,
                    );
                }
                None
            }
        }
    }

    /// The text of a TOML file as a tree; its mistakes have been reported when there is none.
    fn document(&mut self, file: &str, text: &str) -> Option<Document> {
        match Document::toml(file, text) {
            Ok(document) => Some(document),
            Err(mistakes) => {
                for mistake in first_of_each_line(mistakes) {
                    let message = format!("TOML 写法有误：{}", mistake.reason);
                    self.problems.error(file, mistake.place, "toml-syntax", message, None);
                }
                None
            }
        }
    }

    fn json(&mut self, file: &str) -> Option<Declared<Json>> {
        let text = self.text(file)?;
        match Document::json(file, &text) {
            Ok(document) => Some(Declared { value: document.root.to_json(), document }),
            Err(mistake) => {
                let message = format!("不是 JSON：{}", mistake.reason);
                self.problems.error(file, mistake.place, "json-syntax", message, None);
                self.incomplete.insert(Kind::Forms);
                None
            }
        }
    }

    /// Reads a CSV file, if it is there.
    fn table<T: DeserializeOwned + JsonSchema + 'static>(
        &mut self,
        file: &str,
        kind: Option<Kind>,
    ) -> Option<Table<T>> {
        if !self.files.contains_key(file) {
            return None;
        }
        let before = self.problems.len();
        let schema = self.schema::<T>();
        let text = self.text(file);
        let table = text.and_then(|text| Table::read(file, text, &schema, self.problems));
        if self.problems.len() > before {
            self.incomplete.extend(kind);
        }
        table
    }

    /// The text of a file, which then counts as read.
    fn text(&mut self, file: &str) -> Option<String> {
        let bytes = self.files.remove(file)?;
        match String::from_utf8(bytes) {
            // A byte order mark is what spreadsheets write before UTF-8.
            Ok(text) => Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
                let place = crate::document::Lines::new(&before).place(valid);
                let hint = Some("用 UTF-8 编码另存；电子表格导出时选“CSV UTF-8”".to_owned());
                self.problems.error(file, place, "not-utf8", "不是 UTF-8 编码", hint);
                None
            }
        }
    }

    fn schema<T: JsonSchema + 'static>(&mut self) -> Rc<Json> {
        Rc::clone(self.schemas.entry(TypeId::of::<T>()).or_insert_with(|| Rc::new(schema_of::<T>())))
    }
}
