//! The contract: requests, rows, events and error codes for every face of the client.
