//! One action type at one service.

use super::{
    HttpAction, HttpRequest, Place, Shown,
    answer::{self, Answer},
    preview, word,
};
use crate::template::{self, Unfilled};
use portcullis_firewall::{
    digest::Means,
    order::{DryRun, Effect, Ended, Order},
    outside::{Arrival, Credential, Method, OutsideError, Parcel},
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What an action type means at a service.
#[derive(Debug)]
pub struct Call {
    place: Arc<Place>,
    action: HttpAction,
    means: Means,
}

/// Why there is no whole answer.
#[derive(Debug)]
enum Lack {
    /// Nothing was sent.
    NotSent(String),
    /// It may have been done.
    Unanswered(String),
}

impl Call {
    pub(super) const fn new(place: Arc<Place>, action: HttpAction, means: Means) -> Self {
        Self {
            place,
            action,
            means,
        }
    }

    pub(crate) const fn means(&self) -> Means {
        self.means
    }

    pub(crate) const fn rehearses(&self) -> bool {
        self.action.preview.is_some()
    }

    /// Does it.
    pub(crate) async fn execute(&self, order: Order) -> Effect {
        let request = &self.action.request;
        let words = self.words(request);
        let key = self.action.idempotency_header.as_ref();
        let key = key.map(|header| (header.clone(), order.idempotency_key.clone()));
        match self.ask(request, &order, key).await {
            Ok(answer) => answer::effect(answer, &words, &self.action),
            Err(Lack::NotSent(why)) => {
                Effect::new(Ended::Failed, format!("{words}: not sent, {why}"))
            }
            Err(Lack::Unanswered(why)) => {
                let why = format!("{words}: sent, and it is not known what came of it, {why}");
                Effect::new(Ended::Unknown, why)
            }
        }
    }

    /// Looks at what it would do.
    pub(crate) async fn rehearse(&self, order: Order) -> DryRun {
        let Some(request) = &self.action.preview else {
            return DryRun::failed("preview", "the operator named no call for it");
        };
        // Whether the call itself can be made is part of the question.
        if let Err(why) = self.parcel(&self.action.request, &order) {
            return DryRun::failed("request", why.to_string());
        }
        match self.ask(request, &order, None).await {
            Ok(answer) => preview::found(&answer),
            Err(Lack::NotSent(why) | Lack::Unanswered(why)) => DryRun::failed("preview", why),
        }
    }

    async fn ask(
        &self,
        request: &HttpRequest,
        order: &Order,
        header: Option<(String, String)>,
    ) -> Result<Answer, Lack> {
        let parcel = self.parcel(request, order);
        let mut parcel = parcel.map_err(|why| Lack::NotSent(why.to_string()))?;
        parcel.headers.extend(header);
        parcel.credential = self.credential(order).map_err(Lack::NotSent)?;
        let exchange = async {
            let arrival = self
                .place
                .courier
                .begin(parcel)
                .await
                .map_err(|error| lack(&error))?;
            self.whole(arrival).await
        };
        let timed = tokio::time::timeout(self.place.timeout, exchange).await;
        timed.unwrap_or_else(|_| Err(Lack::Unanswered("no answer in time".to_owned())))
    }

    /// An answer, as much of it as is kept.
    async fn whole(&self, mut arrival: Arrival) -> Result<Answer, Lack> {
        let mut body = Vec::new();
        let mut truncated = false;
        while let Some(bytes) = arrival.body.more().await.map_err(|error| lack(&error))? {
            let room = answer::MOST_BYTES.saturating_sub(body.len());
            truncated = bytes.len() > room;
            body.extend(bytes.into_iter().take(room));
            if truncated {
                break;
            }
        }
        Ok(Answer {
            status: arrival.status,
            body,
            truncated,
        })
    }

    /// The call, but for what is shown along with it.
    fn parcel(&self, request: &HttpRequest, order: &Order) -> Result<Parcel, Unfilled> {
        let named = (order.target.as_str(), order.environment.as_str());
        let path = request.path.fill(&order.parameters, named)?;
        let mut rest: Map<String, Value> = order.parameters.clone();
        let own = |name: &&str| ![template::TARGET, template::ENVIRONMENT].contains(name);
        for name in request.path.names().filter(own) {
            rest.remove(name);
        }
        let mut url = format!("{}{path}", self.place.base_url);
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        let body = match request.method {
            Method::Get | Method::Delete => {
                query(&rest, &mut url)?;
                Vec::new()
            }
            Method::Post | Method::Put | Method::Patch => {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
                Value::Object(rest).to_string().into_bytes()
            }
        };
        Ok(Parcel {
            method: request.method,
            url,
            headers,
            body,
            credential: None,
            reach: self.place.reach,
        })
    }

    fn credential(&self, order: &Order) -> Result<Option<Credential>, String> {
        match &self.place.credential {
            None => Ok(None),
            Some(Shown::Own(own)) => Ok(Some(own.clone())),
            Some(Shown::Leased(leased)) => leased.credential(order).map(Some),
        }
    }

    /// What is done, without values.
    fn words(&self, request: &HttpRequest) -> String {
        let (method, path) = (word(request.method), request.path.as_str());
        format!("{method} {path} at {}", self.place.name)
    }
}

/// What is left over, behind a `?`. Nothing for what is absent.
fn query(rest: &Map<String, Value>, url: &mut String) -> Result<(), Unfilled> {
    let mut mark = '?';
    for (name, value) in rest {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Bool(truth) => truth.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Array(_) | Value::Object(_) => return Err(Unfilled::NotScalar(name.clone())),
        };
        url.push(mark);
        mark = '&';
        template::encode(name, name, url)?;
        url.push('=');
        text.bytes().for_each(|byte| template::push(byte, url));
    }
    Ok(())
}

/// *Fails closed:* only what certainly happened before anything was sent counts as not sent.
fn lack(error: &OutsideError) -> Lack {
    let why = error.to_string();
    match error {
        OutsideError::Forbidden { .. }
        | OutsideError::NoSecret(_)
        | OutsideError::Unreachable { .. } => Lack::NotSent(why),
        OutsideError::Unanswered { .. } | OutsideError::Unusable { .. } => Lack::Unanswered(why),
    }
}
