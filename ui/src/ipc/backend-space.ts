/** What a screen may ask for about space on this device, and exports. */

import type {
  ExportConversationRequest,
  ExportRow,
  FilesCount,
  FilesRequest,
  JobId,
  OldMessagesRequest,
  StorageUsage,
} from "./bindings";

/** A part of the seam. */
export interface SpaceBackend {
  /** What takes up space on this device. */
  storageUsage(): Promise<StorageUsage>;
  /** How many files would go, and their bytes. */
  countFiles(request: FilesRequest): Promise<FilesCount>;
  /** Files of messages go from this device; the messages stay. */
  deleteFiles(request: FilesRequest): Promise<FilesCount>;
  /** How many messages of a conversation would go; what waits to be sent is none of them. */
  countOldMessages(request: OldMessagesRequest): Promise<number>;
  /** Messages of a conversation go from this device only. */
  clearOldMessages(request: OldMessagesRequest): Promise<number>;
  /** Writes a conversation into a new folder; progress comes as events of the job. */
  startExport(request: ExportConversationRequest): Promise<JobId>;
  /** `null` if another one was begun since. */
  getExport(job: JobId): Promise<ExportRow | null>;
}
