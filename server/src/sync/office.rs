//! What the office tells a phone besides its areas: the district's configuration and its person's
//! badge, each only when the phone has another version of it.

use sync_protocol::wire::{BadgeCard, Bytes, Configured, Request};

use super::{Engine, SyncError};
use crate::auth::PhoneScope;
use crate::store::{badges, configurations};

/// What is new.
#[derive(Default)]
pub(super) struct News {
    pub(super) configuration: Option<Configured>,
    pub(super) badge: Option<BadgeCard>,
}

/// What the phone does not have yet. One that does not say what it has cannot use it.
pub(super) fn news(
    engine: &Engine,
    scope: &PhoneScope,
    request: &Request,
) -> Result<News, SyncError> {
    let mut news = News::default();
    if request.configuration.is_none() && request.badge.is_none() {
        return Ok(news);
    }
    // A version of another life of this database says nothing about this one's.
    let other_life = request.server_epoch.is_some_and(|epoch| epoch != engine.server_epoch);
    let lacks = |has: Option<u64>, newest: u64| has.is_some_and(|has| has != newest || other_life);
    engine.store.read(|db| {
        let (configuration, badge) = badges::versions(db, scope.person())?;
        if lacks(request.configuration, configuration) {
            let newest = configurations::newest(db)?;
            news.configuration = Some(match newest {
                Some(newest) => Configured { version: newest.version, json: newest.json },
                None => Configured { version: 0, json: "{}".to_owned() },
            });
        }
        if lacks(request.badge, badge) {
            let card = badges::find(db, scope.person())?;
            news.badge = card.map(|card| BadgeCard {
                version: card.version,
                card_number: card.card_number,
                portrait: card.portrait.map(Bytes::from),
            });
        }
        Ok(())
    })?;
    Ok(news)
}
