using System.Buffers;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Creations;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads.Form;

/// <summary>
/// Reads multipart/form-data bodies with the file field <c>video_file</c> and streams the file to the object store as it comes. Nothing of the
/// file is kept in memory beyond one buffer, and nothing is stored before its first bytes have shown a video.
/// </summary>
internal sealed class VideoFormReader(UploadCreator creator, FormCreations creations, UploadSessions sessions, IContainerSniffer sniffer,
    IOptions<UploadOptions> options)
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
        if (request.ContentLength - LongestField > options.Value.MaxFileBytes)
            return (null, Problem.FileTooLarge);
        var file = new FormFile(owner, request.HttpContext.User.Tenant(), request.ContentLength);
        var fields = new CallerFields();
        UploadSession? session = null;
        Creation? creation = null;
        string? other = null;
        try
        {
            var form = new MultipartBody(request.BodyReader, boundary.Value!);
            while (await form.NextPartAsync(cancellationToken) is { } part)
            {
                if (!part.IsOfAForm)
                    return (null, session?.Fail(Problem.PartDispositionInvalid) ?? Problem.PartDispositionInvalid);
                if (part.Name != FileField)
                {
                    if (part.FileName is not null)
                        other ??= FieldProblems.Describe(part.Name);
                    if (await ReadFieldAsync(form, part, fields, cancellationToken) is { } wrong)
                    {
                        var problem = wrong == Problem.FieldTooLarge ? FieldProblems.TooLarge(part, isBesideTheFile: session is not null) : wrong;
                        return (null, Fail(session, problem, creation));
                    }

                    continue;
                }

                if (session is not null)
                    return (null, Fail(session, Problem.VideoFileRepeated, creation));
                var (caller, unfit) = fields.Read();
                if (unfit is not null)
                    return (null, unfit);
                var name = FileName.Clean(part.FileName);
                var declared = new DeclaredFile(name, part.ContentType, request.ContentLength - form.Consumed - form.ClosingLength, caller);
                (creation, var earlier, var refused) = await creations.BeginAsync(request.HttpContext, owner, declared);
                if (earlier is not null || refused is not null)
                    return (earlier, refused);
                (session, var unstored) = await StoreAsync(form, file with { Name = name, Id = creation?.Id, Caller = caller }, cancellationToken);
                if (unstored is not null)
                    return (null, Fail(session, unstored, creation));
            }

            if (session is null)
                return (null, FieldProblems.Missing(other));
            // Browsers send the fields of a form in the order of the page: some stand behind the file.
            if (fields.HasNew)
            {
                var (caller, unfit) = fields.Read();
                if (unfit is not null)
                    return (null, Fail(session, unfit, creation));
                session.Describe(caller);
            }

            var (video, failed) = await session.CompleteAsync(cancellationToken);
            if (failed is not null)
                creation?.Refuse(failed);
            else if (creation is not null)
                await creation.EndAsync(CreationEnd.Made);
            return (video, failed);
        }
        catch (MultipartFormatException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Fail(session, Problem.FormMalformed, creation));
        }
        finally
        {
            if (session is not null)
                await session.DisposeAsync();
            if (creation is not null)
                await creation.DisposeAsync();
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
                options.Value.TimeToLive) { Tenant = file.Tenant, Caller = file.Caller };
            var (id, refused) = await creator.CreateAsync(upload, file.MostBytes, file.Id);
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

    private static Problem Fail(UploadSession? session, Problem problem, Creation? creation)
    {
        creation?.Refuse(problem);
        return session?.Fail(problem) ?? problem;
    }

    /// <summary>A field beside the file travels with the video. A part without a name, and another file, are passed over.</summary>
    private static async Task<Problem?> ReadFieldAsync(MultipartBody form, MultipartHeaders part, CallerFields fields, CancellationToken cancellationToken)
    {
        var isText = part is { Name.Length: > 0, FileName: null };
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            var (kept, left) = (0, LongestField);
            int read;
            while ((read = await form.ReadAsync(buffer.AsMemory(kept), cancellationToken)) > 0)
            {
                if ((left -= read) < 0)
                    return Problem.FieldTooLarge;
                if (isText && (kept += read) == buffer.Length)
                    Grow(ref buffer);
            }

            if (isText)
                Add(fields, part.Name!, buffer.AsSpan(0, kept));
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Few fields are longer than the first buffer.</summary>
    private static void Grow(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    private static void Add(CallerFields fields, string name, ReadOnlySpan<byte> value)
    {
        if (name == CallerFields.Metadata)
            fields.AddJson(value);
        else
            fields.Add(name, value);
    }

    /// <summary>The file of one form.</summary>
    /// <param name="Owner">Whose it will be.</param>
    /// <param name="Tenant">The tenant of the token; null: none.</param>
    /// <param name="MostBytes">A bound of its length; null where the client gives none.</param>
    /// <param name="Name">For display; null where the client gives none.</param>
    /// <param name="Caller">What is to travel with the video, as far as it stands before the file.</param>
    /// <param name="Id">Of its video; null where it is any.</param>
    private readonly record struct FormFile(
        string Owner, string? Tenant, long? MostBytes, string? Name = null, CallerData? Caller = null, string? Id = null);
}
