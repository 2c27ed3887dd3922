//! What can go wrong while grouping.

/// Why a grouping was not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The trainer asked to stop; nothing was made.
    #[error("stopped")]
    Stopped,
    /// Given vectors do not fit the items.
    #[error("{vectors} vectors for {items} items")]
    Vectors { items: usize, vectors: usize },
    /// The decomposition of a small matrix failed.
    #[error("reducing dimensions: {0}")]
    Reduce(#[from] linfa_linalg::LinalgError),
    /// The clusterer refused the centres.
    #[error("k-means: {0}")]
    KMeans(#[from] linfa_clustering::KMeansError),
    /// The clusterer refused the distances.
    #[error("density: {0}")]
    Density(#[from] linfa_clustering::DbscanParamsError),
}
