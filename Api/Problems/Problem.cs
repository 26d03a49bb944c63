namespace Ingestion.Api.Problems;

/// <summary>
/// Every way in which a request can be refused: the one table from outcome to stable code to status. Codes are API: add, never change.
/// </summary>
internal sealed record Problem(string Code, int Status, string Title)
{
    public static readonly Problem TokenMissing = new("token_missing", 401, "A bearer token is needed.");
    public static readonly Problem TokenInvalid = new("token_invalid", 401, "The bearer token is not valid.");
    public static readonly Problem TokenExpired = new("token_expired", 401, "The bearer token has expired.");
    public static readonly Problem ScopeMissing = new("scope_missing", 403, "The bearer token lacks a scope that this needs.");

    public static readonly Problem NotFound = new("not_found", 404, "There is no such thing, or it is not yours.");
    public static readonly Problem MethodNotAllowed = new("method_not_allowed", 405, "This resource does not know that method.");
    public static readonly Problem RangeNotSatisfiable = new("range_not_satisfiable", 416, "The asked range lies outside the object.");
    public static readonly Problem CursorInvalid = new("cursor_invalid", 400, "The cursor is not one that this service gave.");
    public static readonly Problem LimitInvalid = new("limit_invalid", 400, "The limit must be a number from 1 to 100.");
    public static readonly Problem RequestInvalid = new("request_invalid", 400, "The request can't be read.");

    public static readonly Problem FormExpected = new("form_expected", 400, "The body must be multipart/form-data.");
    public static readonly Problem BoundaryInvalid = new("boundary_invalid", 400, "The multipart boundary is missing or not valid.");
    public static readonly Problem FormMalformed = new("form_malformed", 400, "The multipart body can't be read to its end.");
    public static readonly Problem FieldTooLarge = new("field_too_large", 400, "A form field other than video_file is too large.");
    public static readonly Problem VideoFileMissing = new("video_file_missing", 400, "The form has no file in the field video_file.");
    public static readonly Problem VideoFileRepeated = new("video_file_repeated", 400, "The form has more than one video_file.");
    public static readonly Problem FileEmpty = new("file_empty", 400, "The file is empty.");
    public static readonly Problem NotAVideo = new("not_a_video", 415, "The file does not start like a video container that is known here.");
    public static readonly Problem FileTooLarge = new("file_too_large", 413, "The file is larger than this service takes.");
    public static readonly Problem UploadTooSlow = new("upload_too_slow", 408, "The bytes came too slowly.");
    public static readonly Problem UploadTakenOver = new("upload_taken_over", 409, "Another request has taken over this upload.");
    public static readonly Problem StorageFull = new("storage_full", 507, "There is no room left to store this.");

    public static readonly Problem WebSocketExpected = new("websocket_expected", 426, "This address speaks WebSocket only.");
    public static readonly Problem SubprotocolUnsupported = new("subprotocol_unsupported", 400, "The client must offer the WebSocket subprotocol ingestion.v1.");

    public static readonly Problem Internal = new("internal", 500, "Something broke on our side.");
    public static readonly Problem Unavailable = new("unavailable", 503, "The service can't do this right now.");
}
