//! A server without a gate, to compare with.

use axum::Router;

/// Serves routes on two threads until the process ends; the address.
///
/// # Errors
/// When nothing can be listened on.
pub fn serve(routes: Router) -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        // Ends with the process.
        let _ = runtime.block_on(async { axum::serve(listener, routes).await });
    });
    Ok(address)
}
