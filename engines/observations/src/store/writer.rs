//! The thread that writes: takes all batches that wait, stores them with one commit for each file they touch, and only
//! then answers.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::file::OpenFile;
use super::{Folder, Portion, ReadingsFault};
use crate::memory::Memory;
use crate::reading::Reading;
use crate::span::{FileKey, Span};

/// Batches that may wait for the writer; beyond it, callers wait for room.
const QUEUE_BATCHES_MAX: usize = 1_024;
/// Batches that are stored together at most.
const GROUP_BATCHES_MAX: usize = 512;
/// Files that are open for writing at most: this hour, the one before, and a few for what is late.
const OPEN_FILES_MAX: usize = 8;

/// What the thread is asked.
enum Order {
    /// To store a batch.
    Store { readings: Vec<Reading>, answer: oneshot::Sender<Result<(), ReadingsFault>> },
    /// To let go of the files of hours before this one; it answers which they are, and writes them no more.
    Release { before: Span, answer: oneshot::Sender<Vec<FileKey>> },
}

/// The handle of the writing thread. Dropping it stores what waits and ends the thread.
#[derive(Debug)]
pub(crate) struct Writer {
    /// Taken only by `drop`, which closes the queue.
    queue: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts it; `memory` is told what is durable.
    pub(crate) fn start(folder: Folder, memory: Arc<RwLock<Memory>>) -> Result<Self, ReadingsFault> {
        let (queue, orders) = mpsc::channel(QUEUE_BATCHES_MAX);
        let path =
            folder.path(FileKey { span: Span::of(baotu_vocabulary::Moment::default()), generation: 0 });
        let writing = Writing { folder, memory, open: BTreeMap::new(), uses: 0 };
        let thread = std::thread::Builder::new()
            .name("baotu-readings".to_owned())
            .spawn(move || writing.run(orders))
            .map_err(|reason| ReadingsFault::Folder { path, reason })?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Stores a batch; it is durable when this answers.
    pub(crate) async fn store(&self, readings: Vec<Reading>) -> Result<(), ReadingsFault> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Store { readings, answer }).await?;
        answered.await.map_err(|_| ReadingsFault::Closed)?
    }

    /// The files of hours before this one, which are written no more from now on.
    pub(crate) async fn release(&self, before: Span) -> Result<Vec<FileKey>, ReadingsFault> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Release { before, answer }).await?;
        answered.await.map_err(|_| ReadingsFault::Closed)
    }

    async fn order(&self, order: Order) -> Result<(), ReadingsFault> {
        let queue = self.queue.as_ref().ok_or(ReadingsFault::Closed)?;
        queue.send(order).await.map_err(|_| ReadingsFault::Closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes readings has panicked");
        }
    }
}

/// What the thread has.
struct Writing {
    folder: Folder,
    memory: Arc<RwLock<Memory>>,
    /// Files open for writing, and when each was used last.
    open: BTreeMap<FileKey, (OpenFile, u64)>,
    /// Counts uses.
    uses: u64,
}

impl Writing {
    /// Works until the queue is closed and empty.
    fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut group = Vec::with_capacity(GROUP_BATCHES_MAX);
        while orders.blocking_recv_many(&mut group, GROUP_BATCHES_MAX) > 0 {
            let (mut batches, mut answers) = (Vec::new(), Vec::new());
            for order in group.drain(..) {
                match order {
                    Order::Store { readings, answer } => {
                        batches.push(readings);
                        answers.push(answer);
                    }
                    Order::Release { before, answer } => {
                        self.store(&mut batches, &mut answers);
                        // Whoever asked and listens no more asks again.
                        answer.send(self.released(before)).ok();
                    }
                }
            }
            self.store(&mut batches, &mut answers);
        }
    }

    /// Stores batches and answers each; a file that fails fails only the batches with readings for it.
    fn store(
        &mut self,
        batches: &mut Vec<Vec<Reading>>,
        answers: &mut Vec<oneshot::Sender<Result<(), ReadingsFault>>>,
    ) {
        let mut failed: BTreeMap<Span, String> = BTreeMap::new();
        for (key, readings) in self.portions(batches) {
            if let Err(fault) = self.append(key, &readings) {
                tracing::error!(%fault, readings = readings.len(), "readings were not stored");
                // What the connection still knows of a file that failed is not relied on.
                self.open.remove(&key);
                failed.insert(key.span, fault.to_string());
            }
        }
        for (batch, answer) in batches.drain(..).zip(answers.drain(..)) {
            let fault = (!failed.is_empty())
                .then(|| batch.iter().find_map(|reading| failed.get(&Span::of(reading.at))))
                .flatten();
            // A caller that no longer listens does not change what was stored.
            answer.send(fault.map_or(Ok(()), |fault| Err(ReadingsFault::NotStored(fault.clone())))).ok();
        }
    }

    fn append(&mut self, key: FileKey, readings: &[Reading]) -> Result<(), ReadingsFault> {
        let path = self.folder.path(key);
        let fault = |reason| ReadingsFault::File { path, reason };
        self.file(key).and_then(|file| file.append(readings.iter())).map_err(fault)?;
        // Nobody panics while holding it; what is known is rebuilt at the next start anyway.
        self.memory.write().unwrap_or_else(PoisonError::into_inner).stored(key, readings.iter());
        Ok(())
    }

    /// The readings of batches by the file they go to: the newest of their hour, or another one when that is sealed.
    fn portions(&self, batches: &[Vec<Reading>]) -> Vec<Portion> {
        let mut by_span: BTreeMap<Span, Vec<Reading>> = BTreeMap::new();
        for reading in batches.iter().flatten() {
            by_span.entry(Span::of(reading.at)).or_default().push(*reading);
        }
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        by_span.into_iter().map(|(span, readings)| (memory.writable(span), readings)).collect()
    }

    /// A file open for writing.
    fn file(&mut self, key: FileKey) -> rusqlite::Result<&OpenFile> {
        self.uses += 1;
        if !self.open.contains_key(&key) && self.open.len() >= OPEN_FILES_MAX {
            let oldest = self.open.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key);
            oldest.and_then(|oldest| self.open.remove(&oldest));
        }
        let (file, used) = match self.open.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert((OpenFile::open(&self.folder.path(key))?, 0)),
        };
        *used = self.uses;
        Ok(file)
    }

    /// Lets go of the files of hours before this one.
    fn released(&mut self, before: Span) -> Vec<FileKey> {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        let released = memory.release(before);
        self.open.retain(|key, _| !memory.is_released(*key));
        released
    }
}
