//! Waiting for many things that must start in their order.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

/// Waits for every future. Each is first polled in the order given, so that what they queue up is
/// queued in that order.
pub(super) async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut places: Vec<Place<F>> = futures
        .map(|future| Place {
            future: Box::pin(future),
            output: None,
        })
        .collect();
    poll_fn(|context| {
        let mut waiting = false;
        for place in places.iter_mut().filter(|place| place.output.is_none()) {
            match place.future.as_mut().poll(context) {
                Poll::Ready(output) => place.output = Some(output),
                Poll::Pending => waiting = true,
            }
        }
        if waiting {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    places
        .into_iter()
        .filter_map(|place| place.output)
        .collect()
}

struct Place<F: Future> {
    future: Pin<Box<F>>,
    output: Option<F::Output>,
}
