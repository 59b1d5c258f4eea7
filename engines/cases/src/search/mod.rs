//! Full-text search of cases in Chinese: an index in the data folder that is only a cache of the store.
//!
//! The index follows the event log with a cursor of its own, kept in the same commit as the words; absent, damaged
//! or ahead of the log it is made anew from the store. It answers ids only: who may know of them, and all other
//! filters, are asked of the store afterwards. A search may lag behind a decision by [`COMMIT_MILLIS`].

mod alike;
mod newest;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use baotu_storage::{Position, Store, StoreFault};
use baotu_vocabulary::{CaseId, Moment};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{LowerCaser, RemoveLongFilter, TextAnalyzer, TokenStream as _};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};
use tantivy_jieba::JiebaTokenizer;
use tokio::sync::watch;

use self::newest::{STRETCH_DOCUMENTS, View};
use crate::store;

/// How long words may wait until they are found, in milliseconds.
pub const COMMIT_MILLIS: u64 = 1_000;
/// Cases taken into the index at once.
const INDEX_BATCH_ROWS: u32 = 500;
/// Memory in which words are gathered between commits, in bytes; the least that the library takes is 15 MB.
const WRITER_BYTES: usize = 48_000_000;
/// Bytes of the longest word that is kept.
const WORD_BYTES_MAX: usize = 60;
/// Words of a question at most; the rest is not asked.
const QUESTION_WORDS_MAX: usize = 12;
/// How long the follower sleeps when the store has failed, in milliseconds.
const RETRY_MILLIS: u64 = 1_000;
/// The form of the index; another number has it made anew.
const FORM: &str = "2";
/// The columns of the index.
const OPENED_AT: &str = "opened_at";
/// The halves of a case's id.
const ID_HIGH: &str = "id_high";
/// The same.
const ID_LOW: &str = "id_low";
/// The name of the tokenizer inside the index.
const TOKENIZER: &str = "chinese";

/// What the index keeps of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseWords {
    /// The case.
    pub id: CaseId,
    /// When it was opened: the newest are found first.
    pub opened_at: Moment,
    /// Everything by which it may be found.
    pub words: String,
}

/// A case that was found, and the place in the order of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The case.
    pub id: CaseId,
    /// When it was opened.
    pub opened_at: Moment,
}

/// What kept the index from being used: our fault, never the asker's.
#[derive(Debug, thiserror::Error)]
pub enum SearchFault {
    /// The index failed.
    #[error("the search index: {0}")]
    Index(#[from] TantivyError),
    /// The folder of the index cannot be used.
    #[error("{}: {source}", .path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The store from which it is fed failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A thread of the index has ended.
    #[error("the search index is closed")]
    Closed,
}

/// The index of a node; clones share it.
#[derive(Clone)]
pub struct Search {
    shared: Arc<Shared>,
}

struct Shared {
    fields: Fields,
    analyzer: TextAnalyzer,
    reader: IndexReader,
    /// What is found now; made anew after each commit.
    view: RwLock<Arc<View>>,
    /// Locked for as long as words are added or committed; searches never wait for it.
    writer: Mutex<Writer>,
}

struct Writer {
    index: IndexWriter,
    /// Up to where the log has been followed; `None` until the index was made from the store.
    position: Option<Position>,
    /// Whether words were added that nobody finds yet.
    pending: bool,
}

#[derive(Clone, Copy)]
struct Fields {
    /// By which a case is replaced.
    id: Field,
    id_high: Field,
    id_low: Field,
    opened_at: Field,
    words: Field,
}

impl Search {
    /// Opens the index in `folder`, making it when it is absent or cannot be read.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self, SearchFault> {
        let at = |source| SearchFault::Folder { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(at)?;
        match Self::open_existing(folder) {
            Ok(search) => Ok(search),
            Err(reason) => {
                tracing::info!(%reason, "the search index is made anew");
                std::fs::remove_dir_all(folder).map_err(at)?;
                std::fs::create_dir_all(folder).map_err(at)?;
                let (schema, _) = schema();
                Self::over(Index::create_in_dir(folder, schema)?)
            }
        }
    }

    fn open_existing(folder: &Path) -> Result<Self, SearchFault> {
        let index = Index::open_in_dir(folder)?;
        if index.schema() != schema().0 {
            return Err(TantivyError::SchemaError("another form".to_owned()).into());
        }
        if !index.validate_checksum()?.is_empty() {
            return Err(TantivyError::SystemError("damaged files".to_owned()).into());
        }
        Self::over(index)
    }

    fn over(index: Index) -> Result<Self, SearchFault> {
        let fields = schema().1;
        let analyzer = TextAnalyzer::builder(JiebaTokenizer::with_hmm(false))
            .filter(LowerCaser)
            .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
            .build();
        index.tokenizers().register(TOKENIZER, analyzer.clone());
        let position = index.load_metas()?.payload.as_deref().and_then(position_in);
        let writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        // Reloaded by hand after each commit: nobody else writes here.
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let view = RwLock::new(Arc::new(View::of(reader.searcher(), None, STRETCH_DOCUMENTS)?));
        let writer = Mutex::new(Writer { index: writer, position, pending: false });
        Ok(Self { shared: Arc::new(Shared { fields, analyzer, reader, view, writer }) })
    }

    /// Cases whose words hold all words of `question`, the newest first, after `after`; at most `limit`.
    ///
    /// # Errors
    /// When the index fails.
    pub fn find(&self, question: &str, after: Option<Hit>, limit: usize) -> Result<Vec<Hit>, SearchFault> {
        let words = self.words_of(question);
        Ok(self.view().newest(self.shared.fields, &words, after, limit)?)
    }

    fn view(&self) -> Arc<View> {
        Arc::clone(&self.shared.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Cases opened since `since` that have words of the question, those with the rarest and most of them first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn alike(&self, question: &str, since: Moment, limit: usize) -> Result<Vec<CaseId>, SearchFault> {
        let words = self.words_of(question);
        Ok(self.view().alike(self.shared.fields, &words, since, limit)?)
    }

    /// The words of a question, each once: punctuation and blanks are none.
    pub(crate) fn words_of(&self, question: &str) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut analyzer = self.shared.analyzer.clone();
        let mut tokens = analyzer.token_stream(question);
        while let Some(token) = tokens.next() {
            let tells = token.text.chars().any(char::is_alphanumeric);
            if tells && words.len() < QUESTION_WORDS_MAX && !words.contains(&token.text) {
                words.push(token.text.clone());
            }
        }
        words
    }

    /// Takes cases in, in place of what was known of them; they are found after the next commit.
    fn add(&self, cases: &[CaseWords], position: Position) -> Result<(), SearchFault> {
        let Fields { id, id_high, id_low, opened_at, words } = self.shared.fields;
        let mut writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for case in cases {
            let name = case.id.to_string();
            writer.index.delete_term(Term::from_field_text(id, &name));
            let mut document = TantivyDocument::new();
            let (high, low) = case.id.uuid().as_u64_pair();
            document.add_text(id, name);
            document.add_u64(id_high, high);
            document.add_u64(id_low, low);
            document.add_i64(opened_at, case.opened_at.micros());
            document.add_text(words, &case.words);
            writer.index.add_document(document)?;
        }
        writer.pending = true;
        writer.position = Some(position);
        Ok(())
    }

    /// Makes durable, and findable, what was added.
    fn commit(&self) -> Result<(), SearchFault> {
        let mut writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if !writer.pending {
            return Ok(());
        }
        let payload = writer.position.map(|position| format!("{FORM} {position}")).unwrap_or_default();
        let mut prepared = writer.index.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        writer.pending = false;
        self.shared.reader.reload()?;
        // The writer stays locked: no older view can take the place of a newer one.
        let view = View::of(self.shared.reader.searcher(), Some(&self.view()), STRETCH_DOCUMENTS)?;
        *self.shared.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
        drop(writer);
        Ok(())
    }

    fn clear(&self) -> Result<(), SearchFault> {
        let mut writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.index.delete_all_documents()?;
        writer.position = None;
        writer.pending = true;
        Ok(())
    }

    fn position(&self) -> Option<Position> {
        self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner).position
    }

    /// Brings the index up to what the log holds now, and commits.
    ///
    /// # Errors
    /// When the store or the index fails; what was committed before stays.
    pub async fn catch_up(&self, store: &Store) -> Result<(), SearchFault> {
        self.prepare(store).await?;
        while self.follow(store).await? {}
        self.blocking(Self::commit).await
    }

    /// Follows the log until `stop` is set; a failing store or index is tried again.
    pub async fn run(&self, store: &Store, mut stop: watch::Receiver<bool>) {
        loop {
            let pause = match self.catch_up(store).await {
                Ok(()) => Duration::from_millis(COMMIT_MILLIS),
                Err(fault) => {
                    tracing::error!(%fault, "the search index does not follow; it is tried again");
                    Duration::from_millis(RETRY_MILLIS)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                ended = stop.wait_for(|stop| *stop) => {
                    drop(ended);
                    return;
                }
            }
            let Some(position) = self.position() else { continue };
            tokio::select! {
                waited = store.wait_for_events(position, Duration::from_secs(60)) => {
                    if let Err(fault) = waited {
                        tracing::error!(%fault, "the log cannot be followed");
                    }
                }
                ended = stop.wait_for(|stop| *stop) => {
                    drop(ended);
                    return;
                }
            }
        }
    }

    /// Makes the index from the store when it has not been made, or belongs to another log.
    async fn prepare(&self, store: &Store) -> Result<(), SearchFault> {
        let newest = store.last_position().await?;
        if self.position().is_some_and(|position| position <= newest) {
            return Ok(());
        }
        self.blocking(Self::clear).await?;
        // Events said while the rows are read are followed afterwards, on top of what was read.
        let mut after = None;
        loop {
            let cases = store::words_after(store, after, INDEX_BATCH_ROWS).await?;
            let Some(last) = cases.last() else { break };
            after = Some(last.id);
            self.blocking(move |search| search.add(&cases, newest)).await?;
        }
        self.blocking(move |search| search.add(&[], newest)).await?;
        self.blocking(Self::commit).await
    }

    /// Takes in the next events; false when there are none.
    async fn follow(&self, store: &Store) -> Result<bool, SearchFault> {
        let Some(position) = self.position() else { return Ok(false) };
        let events = store.events_of_kind_after("cases.", position, INDEX_BATCH_ROWS).await?;
        let Some(last) = events.last().map(|logged| logged.position) else { return Ok(false) };
        let mut ids: Vec<CaseId> = events
            .iter()
            .filter(|logged| changes_words(&logged.event.kind))
            .filter_map(|logged| logged.event.subject.parse().ok())
            .collect();
        ids.sort();
        ids.dedup();
        let cases = store::words_of(store, &ids).await?;
        self.blocking(move |search| search.add(&cases, last)).await?;
        Ok(true)
    }

    /// Runs what may wait for a disk on a thread that may.
    async fn blocking(
        &self,
        work: impl FnOnce(&Self) -> Result<(), SearchFault> + Send + 'static,
    ) -> Result<(), SearchFault> {
        let search = self.clone();
        tokio::task::spawn_blocking(move || work(&search)).await.map_err(|_| SearchFault::Closed)?
    }
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Search")
    }
}

/// Whether an event of this kind may have changed the words of its case.
fn changes_words(kind: &str) -> bool {
    matches!(kind, "cases.opened" | "cases.imported" | "cases.resolved" | "cases.changed" | "cases.closed")
}

fn position_in(payload: &str) -> Option<Position> {
    payload.strip_prefix(FORM)?.strip_prefix(' ')?.parse().ok()
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let fields = Fields {
        id: schema.add_text_field("id", STRING),
        id_high: schema.add_u64_field(ID_HIGH, FAST),
        id_low: schema.add_u64_field(ID_LOW, FAST),
        opened_at: schema.add_i64_field(OPENED_AT, FAST),
        words: schema.add_text_field("words", TextOptions::default().set_indexing_options(indexing)),
    };
    (schema.build(), fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Documents of a stretch in tests: a few cases already make several.
    const FEW: u32 = 3;

    #[derive(Clone, Debug)]
    enum Change {
        /// A case, opened at this minute, that holds the first, the second or both words.
        Put {
            case: u8,
            minute: u8,
            words: u8,
        },
        Commit,
    }

    fn changes() -> impl Strategy<Value = Vec<Change>> {
        let put = (0..24_u8, 0..6_u8, 1..4_u8).prop_map(|(case, minute, words)| Change::Put {
            case,
            minute,
            words,
        });
        proptest::collection::vec(prop_oneof![6 => put, 1 => Just(Change::Commit)], 0..60)
    }

    fn moment(minute: u8) -> Moment {
        Moment::from_micros(i64::from(minute) * 60_000_000)
    }

    fn id(case: u8) -> CaseId {
        CaseId::new(Moment::from_micros(0), [case; 10])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Whatever came in, in whatever order and however often: pages hold what a plain list would, the newest first.
        #[test]
        fn pages_are_those_of_a_plain_list(changes in changes(), limit in 1..5_usize) {
            let folder = tempfile::tempdir().unwrap();
            let search = Search::open(folder.path()).unwrap();
            let mut known = std::collections::BTreeMap::new();
            for change in changes {
                match change {
                    Change::Put { case, minute, words } => {
                        let text = ["路灯", "井盖", "路灯 井盖"][usize::from(words - 1)].to_owned();
                        known.insert(case, (minute, words));
                        let words = CaseWords { id: id(case), opened_at: moment(minute), words: text };
                        search.add(&[words], Position::START).unwrap();
                    }
                    Change::Commit => search.commit().unwrap(),
                }
            }
            search.commit().unwrap();
            let view = View::of(search.shared.reader.searcher(), None, FEW).unwrap();
            for (question, wanted) in [(vec!["路灯"], 1), (vec!["井盖"], 2), (vec!["井盖", "路灯"], 3)] {
                let question: Vec<String> = question.into_iter().map(str::to_owned).collect();
                let mut plain: Vec<Hit> = known
                    .iter()
                    .filter(|(_, (_, words))| words & wanted == wanted)
                    .map(|(case, (minute, _))| Hit { id: id(*case), opened_at: moment(*minute) })
                    .collect();
                plain.sort_by_key(|hit| std::cmp::Reverse((hit.opened_at, hit.id)));
                let mut paged = Vec::new();
                loop {
                    let page = view.newest(search.shared.fields, &question, paged.last().copied(), limit).unwrap();
                    paged.extend_from_slice(&page);
                    if page.len() < limit {
                        break;
                    }
                }
                prop_assert_eq!(paged, plain);
            }
        }
    }
}
