using System.Buffers;
using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads.Form;

/// <summary>
/// Reads multipart/form-data bodies with the file field <c>video_file</c> and streams the file to the object store as it comes. Nothing of the
/// file is kept in memory beyond one buffer, and nothing is stored before its first bytes have shown a video.
/// </summary>
internal sealed class VideoFormReader(UploadCreator creator, UploadSessions sessions, IContainerSniffer sniffer, IOptions<UploadOptions> options)
{
    public const string FileField = "video_file";

    private const int LongestBoundary = 70; // RFC 2046
    private const int LongestField = 64 * 1024;
    private const int SmallBuffer = 16 * 1024;

    /// <summary>The video, or why there is none. Throws what the transport throws; whatever was stored is removed then.</summary>
    public async Task<(VideoRecord? Video, Problem? Problem)> ReadAsync(HttpRequest request, string owner, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return (null, Problem.FormExpected);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > LongestBoundary)
            return (null, Problem.BoundaryInvalid);
        // A length that can't be right is refused before the first byte of the body.
        if (request.ContentLength > options.Value.MaxFileBytes + LongestField)
            return (null, Problem.FileTooLarge);
        var file = new FormFile(owner, request.HttpContext.User.Tenant(), request.ContentLength);
        UploadSession? session = null;
        try
        {
            var form = new MultipartBody(request.BodyReader, boundary.Value!);
            while (await form.NextPartAsync(cancellationToken) is { } part)
            {
                if (part.Name != FileField)
                {
                    if (await SkipAsync(form, cancellationToken) is { } tooLarge)
                        return (null, tooLarge);
                    continue;
                }

                if (session is not null)
                    return (null, session.Fail(Problem.VideoFileRepeated));
                (session, var problem) = await StoreAsync(form, file with { Name = FileName.Clean(part.FileName) }, cancellationToken);
                if (problem is not null)
                    return (null, session?.Fail(problem) ?? problem);
            }

            return session is null ? (null, Problem.VideoFileMissing) : await session.CompleteAsync(cancellationToken);
        }
        catch (MultipartFormatException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, session?.Fail(Problem.FormMalformed) ?? Problem.FormMalformed);
        }
        finally
        {
            if (session is not null)
                await session.DisposeAsync();
        }
    }

    private async Task<(UploadSession? Session, Problem? Problem)> StoreAsync(MultipartBody form, FormFile file, CancellationToken cancellationToken)
    {
        UploadSession? session = null;
        try
        {
            (session, var problem) = await OpenAsync(form, file, cancellationToken);
            while (session is not null && problem is null)
            {
                var read = await form.ReadAsync(session.GetMemory(), cancellationToken);
                if (read == 0)
                    break;
                problem = await session.AdvanceAsync(read, cancellationToken);
            }

            return (session, problem);
        }
        catch (Exception e)
        {
            // A client that broke off has not sent a wrong form.
            if (e is MultipartFormatException && !cancellationToken.IsCancellationRequested)
                session?.Fail(Problem.FormMalformed);
            if (session is not null)
                await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first bytes decide whether there will be an upload at all.</summary>
    private async Task<(UploadSession? Session, Problem? Problem)> OpenAsync(MultipartBody form, FormFile file, CancellationToken cancellationToken)
    {
        var start = ArrayPool<byte>.Shared.Rent(IContainerSniffer.WantedBytes);
        try
        {
            var read = await form.ReadFullyAsync(start.AsMemory(0, IContainerSniffer.WantedBytes), cancellationToken);
            if (read == 0)
                return (null, Problem.FileEmpty);
            if (TypeOf(start.AsSpan(0, read)) is not { } type)
                return (null, UploadProblems.Of(sniffer.WhyNot(start.AsSpan(0, read))));
            var upload = new NewUpload(file.Owner, UploadKind.Form, file.Name, type, Length: null, Metadata: null, Concat: null,
                options.Value.TimeToLive) { Tenant = file.Tenant };
            var (id, refused) = await creator.CreateAsync(upload, file.MostBytes);
            if (id is null)
                return (null, refused);
            var (session, lease) = await sessions.OpenAsync(id, file.Owner, UploadKind.Form, expected: file.MostBytes);
            if (session is null)
                throw new InvalidOperationException($"A fresh upload was refused: {lease.Outcome}.");
            try
            {
                return (session, await session.WriteAsync(new ReadOnlySequence<byte>(start, 0, read), cancellationToken));
            }
            catch
            {
                await session.DisposeAsync();
                throw;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(start);
        }
    }

    private string? TypeOf(ReadOnlySpan<byte> start) =>
        sniffer.Sniff(start) ?? (options.Value.RequireKnownContainer ? null : "application/octet-stream");

    private static async Task<Problem?> SkipAsync(MultipartBody form, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            var left = LongestField;
            int read;
            while ((read = await form.ReadAsync(buffer.AsMemory(0, SmallBuffer), cancellationToken)) > 0)
            {
                if ((left -= read) < 0)
                    return Problem.FieldTooLarge;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The file of one form.</summary>
    /// <param name="Owner">Whose it will be.</param>
    /// <param name="Tenant">The tenant of the token; null: none.</param>
    /// <param name="MostBytes">A bound of its length; null where the client gives none.</param>
    /// <param name="Name">For display; null where the client gives none.</param>
    private readonly record struct FormFile(string Owner, string? Tenant, long? MostBytes, string? Name = null);
}
