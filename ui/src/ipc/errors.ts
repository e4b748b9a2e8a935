import type { ApiError, ErrorCode } from "./backend";

/** What every call of the backend rejects with. */
export class AppError extends Error {
  readonly error: ApiError;

  constructor(error: ApiError) {
    super(error.code);
    this.name = "AppError";
    this.error = error;
  }
}

/** An error of the contract with nothing but its code (and what its text mentions). */
export function apiError(code: ErrorCode, args: Record<string, string> = {}): ApiError {
  return { code, retryAfterMs: null, args, incident: null };
}

/** Whatever was thrown, as an error of the contract. */
export function asApiError(thrown: unknown): ApiError {
  return thrown instanceof AppError ? thrown.error : apiError("unexpected");
}
