//! What the gate says about itself while it runs: log lines, and traces when asked for.

use anyhow::Context;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging to standard error: warnings unless `PORTCULLIS_LOG` says otherwise, as JSON
/// lines when `PORTCULLIS_LOG_FORMAT` is `json`.
///
/// With the feature `otlp`, and an endpoint in `OTEL_EXPORTER_OTLP_ENDPOINT`, spans go to an
/// OpenTelemetry collector.
///
/// # Errors
/// When the filter cannot be read, or the collector's endpoint is no URL.
#[expect(clippy::disallowed_methods, reason = "the app reads the environment")]
pub(crate) fn start() -> anyhow::Result<()> {
    let wanted = std::env::var("PORTCULLIS_LOG").unwrap_or_else(|_| "warn".to_owned());
    let filter = EnvFilter::try_new(&wanted)
        .with_context(|| format!("`{wanted}` in PORTCULLIS_LOG is no filter"))?;
    let json = std::env::var("PORTCULLIS_LOG_FORMAT").is_ok_and(|format| format == "json");
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if json {
        lines.json().boxed()
    } else {
        lines.boxed()
    };
    let registry = tracing_subscriber::registry().with(filter).with(lines);
    #[cfg(feature = "otlp")]
    let registry = registry.with(otlp::layer()?);
    registry.try_init().context("logging was started already")
}

#[cfg(feature = "otlp")]
mod otlp {
    //! Spans for an OpenTelemetry collector.

    use opentelemetry::trace::TracerProvider;
    use opentelemetry_otlp::SpanExporter;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing::Subscriber;
    use tracing_subscriber::{Layer, registry::LookupSpan};

    /// The layer, when an endpoint is named.
    #[expect(clippy::disallowed_methods, reason = "the app reads the environment")]
    pub(super) fn layer<S>() -> anyhow::Result<Option<impl Layer<S>>>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        if std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").is_err() {
            return Ok(None);
        }
        let exporter = SpanExporter::builder().with_http().build()?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .build();
        let tracer = provider.tracer("portcullis");
        opentelemetry::global::set_tracer_provider(provider);
        Ok(Some(tracing_opentelemetry::layer().with_tracer(tracer)))
    }
}
