//! Lists that come in pages.

use nous_api::ids::Cursor;

/// Rows of a page: as many as the contract gives at once.
pub(crate) const PAGE: u32 = 100;

/// Goes through a list from its beginning, page by page.
pub(crate) async fn each<T, E>(
    fetch: impl AsyncFn(Option<Cursor>) -> Result<(Vec<T>, Option<Cursor>), E>,
    mut take: impl FnMut(Vec<T>) -> Result<(), E>,
) -> Result<(), E> {
    let mut cursor = None;
    loop {
        let (rows, next) = fetch(cursor).await?;
        take(rows)?;
        if next.is_none() {
            return Ok(());
        }
        cursor = next;
    }
}

/// The rows of a whole list.
pub(crate) async fn all<T, E>(
    fetch: impl AsyncFn(Option<Cursor>) -> Result<(Vec<T>, Option<Cursor>), E>,
) -> Result<Vec<T>, E> {
    let mut rows = Vec::new();
    each(fetch, |page| {
        rows.extend(page);
        Ok(())
    })
    .await?;
    Ok(rows)
}
