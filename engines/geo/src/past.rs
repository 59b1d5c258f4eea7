//! The live layer as it was: open cases of moments that have passed, asked for once and drawn for all who look.
//!
//! Who had a case in hand then is not kept, so nobody sees single cases of the past: they are counted by cell.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use baotu_vocabulary::Moment;

use crate::atlas::Atlas;
use crate::live::{GeoLive, OpenCase};

/// Moments whose cases are kept drawn up; each takes about 10 MB in a city with 50,000 open cases.
const MOMENTS_KEPT: usize = 6;

/// Why nobody knows what was open at a moment.
#[derive(Debug, thiserror::Error)]
pub enum PastUnknown {
    /// It has not come yet, or is too long ago.
    #[error("没有这一时刻的案件分布：只保留最近几周")]
    NoSuchMoment,
    /// Those who know do not answer.
    #[error("the open cases of a moment could not be asked for")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What [`PastCases`] answers, once it is there.
pub type OpenThen<'a> = Pin<Box<dyn Future<Output = Result<Vec<OpenCase>, PastUnknown>> + Send + 'a>>;

/// Whoever knows which cases were open at a moment; confidential ones must not be among them.
pub trait PastCases: Send + Sync {
    /// The cases with a place that were open at `at`.
    fn open_at(&self, at: Moment) -> OpenThen<'_>;
}

/// Live layers of the past.
pub struct GeoPast {
    atlas: Arc<Atlas>,
    levels: Vec<String>,
    cases: Arc<dyn PastCases>,
    /// The last asked last.
    layers: Mutex<VecDeque<(Moment, Arc<GeoLive>)>>,
    /// Held while a moment is drawn up, so that the dozen tiles of one look ask once.
    drawing: tokio::sync::Mutex<()>,
}

impl GeoPast {
    /// Layers over what `cases` knows; `levels` are the levels of the pack's procedures, mildest first.
    pub fn new(atlas: Arc<Atlas>, levels: Vec<String>, cases: Arc<dyn PastCases>) -> Self {
        Self { atlas, levels, cases, layers: Mutex::default(), drawing: tokio::sync::Mutex::default() }
    }

    /// The live layer as it was at `at`.
    ///
    /// # Errors
    /// When nobody knows.
    pub async fn at(&self, at: Moment) -> Result<Arc<GeoLive>, PastUnknown> {
        if let Some(layer) = self.kept(at) {
            return Ok(layer);
        }
        let _drawing = self.drawing.lock().await;
        if let Some(layer) = self.kept(at) {
            return Ok(layer);
        }
        let open = self.cases.open_at(at).await?;
        let layer = GeoLive::new(Arc::clone(&self.atlas), self.levels.clone());
        let drawn = tokio::task::spawn_blocking(move || {
            layer.restore(open);
            Arc::new(layer)
        });
        let layer = drawn.await.map_err(|failed| PastUnknown::Fault(Box::new(failed)))?;
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        if layers.len() == MOMENTS_KEPT {
            layers.pop_front();
        }
        layers.push_back((at, Arc::clone(&layer)));
        Ok(layer)
    }

    fn kept(&self, at: Moment) -> Option<Arc<GeoLive>> {
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        let found = layers.iter().position(|(moment, _)| *moment == at)?;
        let (moment, layer) = layers.remove(found)?;
        layers.push_back((moment, Arc::clone(&layer)));
        Some(layer)
    }
}
