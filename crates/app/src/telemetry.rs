//! What the gate says about itself while it runs: log lines, and traces when asked for.

use anyhow::Context;
use tracing_subscriber::{
    EnvFilter, Layer, fmt::format::FmtSpan, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Telemetry at work; when it is dropped, what was gathered is sent.
#[derive(Debug)]
pub(crate) struct Telemetry {
    #[cfg(feature = "otlp")]
    _traces: otlp::Traces,
}

/// Starts logging to standard error: warnings unless `PORTCULLIS_LOG` says otherwise, as JSON
/// lines when `PORTCULLIS_LOG_FORMAT` is `json`. With `info`, every request is a line.
///
/// With the feature `otlp`, and an endpoint in `OTEL_EXPORTER_OTLP_ENDPOINT`, requests go to an
/// OpenTelemetry collector as spans.
///
/// # Errors
/// When the filter cannot be read, or the collector's endpoint is no URL.
#[expect(clippy::disallowed_methods, reason = "the app reads the environment")]
pub(crate) fn start() -> anyhow::Result<Telemetry> {
    let wanted = std::env::var("PORTCULLIS_LOG").unwrap_or_else(|_| "warn".to_owned());
    let filter = EnvFilter::try_new(&wanted)
        .with_context(|| format!("`{wanted}` in PORTCULLIS_LOG is no filter"))?;
    let json = std::env::var("PORTCULLIS_LOG_FORMAT").is_ok_and(|format| format == "json");
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::CLOSE);
    let lines = if json {
        lines.json().boxed()
    } else {
        lines.boxed()
    };
    let registry = tracing_subscriber::registry().with(lines.with_filter(filter));
    #[cfg(feature = "otlp")]
    let (registry, traces) = {
        let (layer, traces) = otlp::layer()?;
        (registry.with(layer), traces)
    };
    registry.try_init().context("logging was started already")?;
    Ok(Telemetry {
        #[cfg(feature = "otlp")]
        _traces: traces,
    })
}

#[cfg(feature = "otlp")]
mod otlp {
    //! Spans for an OpenTelemetry collector.

    use opentelemetry::trace::TracerProvider;
    use opentelemetry_otlp::SpanExporter;
    use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
    use tracing::Subscriber;
    use tracing_subscriber::{Layer, filter::LevelFilter, registry::LookupSpan};

    /// Where spans are gathered, when an endpoint is named.
    #[derive(Debug)]
    pub(super) struct Traces(Option<SdkTracerProvider>);

    impl Drop for Traces {
        fn drop(&mut self) {
            if let Some(provider) = &self.0
                && let Err(error) = provider.shutdown()
            {
                tracing::warn!(%error, "the last spans could not be sent");
            }
        }
    }

    /// The layer, when an endpoint is named.
    #[expect(clippy::disallowed_methods, reason = "the app reads the environment")]
    pub(super) fn layer<S>() -> anyhow::Result<(Option<impl Layer<S>>, Traces)>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        if std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").is_err() {
            return Ok((None, Traces(None)));
        }
        let exporter = SpanExporter::builder().with_http().build()?;
        let name = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "portcullis".to_owned());
        let provider = SdkTracerProvider::builder()
            .with_resource(Resource::builder().with_service_name(name).build())
            .with_batch_exporter(exporter)
            .build();
        let tracer = provider.tracer("portcullis");
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        Ok((
            Some(layer.with_filter(LevelFilter::INFO)),
            Traces(Some(provider)),
        ))
    }
}
