//! A bare phone that fetches everything, page by page.

use doorstep_tests::BarePhone;
use sync_protocol::wire::{AreaCursor, AreaPage, Item, Request, Response, decode, encode};

/// What was fetched.
pub(crate) struct Fetched {
    /// Where the phone stands.
    pub(crate) cursors: Vec<AreaCursor>,
    /// Bytes of the answers.
    pub(crate) wire_bytes: usize,
    /// Bytes of the requests.
    pub(crate) asked_bytes: usize,
    /// The documents, one after another.
    pub(crate) documents: Vec<u8>,
}

/// Fetches everything that is new after the cursors.
pub(crate) fn fetch_all(phone: &BarePhone, cursors: Vec<AreaCursor>) -> Fetched {
    let mut fetched = Fetched { cursors, wire_bytes: 0, asked_bytes: 0, documents: Vec::new() };
    loop {
        let request = Request { areas: fetched.cursors.clone(), ..Request::idle("bench") };
        let body = zstd::bulk::compress(&encode(&request), 3).expect("zstd");
        let answer = phone.post_sync(&body);
        fetched.asked_bytes += body.len();
        fetched.wire_bytes += answer.body.len();
        let body = zstd::stream::decode_all(answer.body.as_slice()).expect("zstd");
        let response: Response = decode(&body).expect("a response");
        let more = response.areas.iter().any(|page| page.more);
        response.areas.into_iter().for_each(|page| fetched.take(page));
        if !more {
            fetched.cursors.sort_by_key(|cursor| cursor.area);
            return fetched;
        }
    }
}

impl Fetched {
    fn take(&mut self, page: AreaPage) {
        self.cursors.retain(|cursor| cursor.area != page.area);
        self.cursors.push(AreaCursor {
            area: page.area,
            area_epoch: page.area_epoch,
            cursor: page.cursor,
            chain: page.chain,
            complete: page.complete,
            roles: 0,
        });
        for item in page.items {
            if let Item::Snapshot { document, .. } = item {
                self.documents.extend_from_slice(&document);
            }
        }
    }
}
