//! The newest documents that hold some words, without looking at all that do.
//!
//! Documents lie in the index about as they came in. Each segment is cut into stretches of which it is known how new
//! and how old their documents are; they are searched from the newest on, until no other can hold anything newer than
//! what was found. A word that stands in a million cases is answered as soon as one that stands in a hundred.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use baotu_vocabulary::{CaseId, Moment};
use tantivy::columnar::ColumnValues;
use tantivy::postings::SegmentPostings;
use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{DocAddress, DocId, DocSet, Searcher, SegmentReader, TantivyError};
use uuid::Uuid;

use super::{Fields, Hit, ID_HIGH, ID_LOW, OPENED_AT};

/// Documents of a stretch: a few are searched for one page, some dozens make up a segment of a million.
pub(super) const STRETCH_DOCUMENTS: u32 = 16_384;

/// What can be found at one time, with the order in which it is looked for.
pub(super) struct View {
    searcher: Searcher,
    /// One for each segment of the searcher.
    segments: Vec<Arc<Segment>>,
}

/// A segment's columns and stretches. Segments never change, so this is made once for each.
struct Segment {
    opened_at: Arc<dyn ColumnValues<i64>>,
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
    stretches: Vec<Stretch>,
}

/// Some documents that lie side by side.
#[derive(Clone, Copy)]
struct Stretch {
    begin: DocId,
    end: DocId,
    /// When the oldest and the newest of their cases were opened.
    oldest: i64,
    newest: i64,
}

/// The newest hits so far, at most `limit`.
struct Best {
    limit: usize,
    after: Option<(Moment, CaseId)>,
    /// The oldest on top.
    hits: BinaryHeap<Reverse<(Moment, CaseId)>>,
}

impl View {
    /// What `searcher` sees; what was known of its segments is taken over from the view before.
    pub(super) fn of(
        searcher: Searcher,
        before: Option<&Self>,
        stretch_documents: u32,
    ) -> Result<Self, TantivyError> {
        let known: HashMap<_, _> = before
            .iter()
            .flat_map(|view| view.searcher.segment_readers().iter().zip(&view.segments))
            .map(|(reader, segment)| (reader.segment_id(), segment))
            .collect();
        let segments =
            searcher.segment_readers().iter().map(|reader| match known.get(&reader.segment_id()) {
                Some(segment) => Ok(Arc::clone(segment)),
                None => Segment::of(reader, stretch_documents).map(Arc::new),
            });
        let segments = segments.collect::<Result<_, _>>()?;
        Ok(Self { searcher, segments })
    }

    /// Cases that hold all of `words`, the newest first, after `after`; at most `limit`.
    pub(super) fn newest(
        &self,
        fields: Fields,
        words: &[String],
        after: Option<Hit>,
        limit: usize,
    ) -> Result<Vec<Hit>, TantivyError> {
        if words.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(fields.words, word)).collect();
        let mut best =
            Best { limit, after: after.map(|hit| (hit.opened_at, hit.id)), hits: BinaryHeap::new() };
        let mut places: Vec<(usize, Stretch)> = Vec::new();
        for (number, segment) in self.segments.iter().enumerate() {
            places.extend(segment.stretches.iter().map(|stretch| (number, *stretch)));
        }
        places.sort_unstable_by_key(|(_, stretch)| Reverse(stretch.newest));
        // A segment's lists are opened when the first of its stretches is searched; none where a word is missing.
        let mut opened: HashMap<usize, Option<Vec<SegmentPostings>>> = HashMap::new();
        for (number, stretch) in places {
            if best.is_newer_than(stretch.newest) {
                break;
            }
            if best.after.is_some_and(|(moment, _)| stretch.oldest > moment.micros()) {
                continue;
            }
            let (segment, reader) = (&self.segments[number], self.searcher.segment_reader(to_u32(number)));
            let lists = match opened.entry(number) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(new) => new.insert(lists(reader, fields, &terms)?),
            };
            let Some(lists) = lists.clone() else { continue };
            each_common(lists, stretch, |document| {
                if reader.alive_bitset().is_none_or(|alive| alive.is_alive(document)) {
                    best.consider(segment, document);
                }
            });
        }
        Ok(best.in_order())
    }

    /// What is searched.
    pub(super) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The case whose document lies there.
    pub(super) fn case_at(&self, address: DocAddress) -> Option<CaseId> {
        let segment = self.segments.get(usize::try_from(address.segment_ord).ok()?)?;
        Some(segment.case(address.doc_id))
    }
}

impl Segment {
    fn of(reader: &SegmentReader, stretch_documents: u32) -> Result<Self, TantivyError> {
        let columns = reader.fast_fields();
        let opened_at = columns.column_first_or_default::<i64>(OPENED_AT)?;
        let end = reader.max_doc();
        let begins = (0..end).step_by(usize::try_from(stretch_documents.max(1)).unwrap_or(usize::MAX));
        let stretches = begins.map(|begin| {
            let end = begin.saturating_add(stretch_documents).min(end);
            let times = (begin..end).map(|document| opened_at.get_val(document));
            let (oldest, newest) = times
                .fold((i64::MAX, i64::MIN), |(oldest, newest), time| (time.min(oldest), time.max(newest)));
            Stretch { begin, end, oldest, newest }
        });
        Ok(Self {
            stretches: stretches.collect(),
            id_high: columns.column_first_or_default::<u64>(ID_HIGH)?,
            id_low: columns.column_first_or_default::<u64>(ID_LOW)?,
            opened_at,
        })
    }

    fn case(&self, document: DocId) -> CaseId {
        CaseId::from(Uuid::from_u64_pair(self.id_high.get_val(document), self.id_low.get_val(document)))
    }
}

impl Best {
    /// Whether enough was found and all of it is newer than `micros`.
    fn is_newer_than(&self, micros: i64) -> bool {
        let oldest = self.hits.peek().filter(|_| self.hits.len() >= self.limit);
        oldest.is_some_and(|Reverse((moment, _))| moment.micros() > micros)
    }

    fn consider(&mut self, segment: &Segment, document: DocId) {
        let micros = segment.opened_at.get_val(document);
        if self.is_newer_than(micros) {
            return;
        }
        let hit = (Moment::from_micros(micros), segment.case(document));
        if self.after.is_some_and(|after| hit >= after) {
            return;
        }
        self.hits.push(Reverse(hit));
        if self.hits.len() > self.limit {
            self.hits.pop();
        }
    }

    fn in_order(self) -> Vec<Hit> {
        // The heap's order is the reverse of a hit's, so that sorted hits begin with the newest.
        let hits = self.hits.into_sorted_vec().into_iter();
        hits.map(|Reverse((opened_at, id))| Hit { id, opened_at }).collect()
    }
}

/// The lists of documents that hold each of the words, the shortest first; none when a word is in no document.
fn lists(
    reader: &SegmentReader,
    fields: Fields,
    terms: &[Term],
) -> Result<Option<Vec<SegmentPostings>>, TantivyError> {
    let index = reader.inverted_index(fields.words)?;
    let mut lists = Vec::with_capacity(terms.len());
    for term in terms {
        let Some(list) = index.read_postings(term, IndexRecordOption::Basic)? else { return Ok(None) };
        lists.push(list);
    }
    lists.sort_by_key(SegmentPostings::doc_freq);
    Ok(Some(lists))
}

/// Calls `take` with each document of a stretch that stands in all lists.
fn each_common(mut lists: Vec<SegmentPostings>, stretch: Stretch, mut take: impl FnMut(DocId)) {
    let Some((shortest, others)) = lists.split_first_mut() else { return };
    let mut document = sought(shortest, stretch.begin);
    'next: while document < stretch.end {
        for other in &mut *others {
            let there = sought(other, document);
            if there > document {
                document = sought(shortest, there);
                continue 'next;
            }
        }
        take(document);
        document = shortest.advance();
    }
}

/// The first document of the list that is not before `document`.
fn sought(list: &mut SegmentPostings, document: DocId) -> DocId {
    if list.doc() < document { list.seek(document) } else { list.doc() }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).expect("an index has few segments")
}
