//! Reaching storage nodes and servers through onion requests.
