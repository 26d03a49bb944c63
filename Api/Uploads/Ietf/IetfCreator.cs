using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Api.Uploads.Tus;
using Ingestion.Creations;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>Creation requests of the draft, with or without bytes.</summary>
internal sealed class IetfCreator(
    ResumableCreations creations, PendingUploads pending, UploadAppender appender, UploadAdmission admission, BodyLimits bodyLimits, IetfLimits limits,
    IetfAnswers answers, IOptions<UploadOptions> options, TimeProvider time)
{
    private const string Route = "POST /api/uploads";

    public async Task<IResult> CreateAsync(HttpContext context)
    {
        bodyLimits.Lift(context);
        var (answer, owner) = (answers.For(context), context.User.UserId());
        if (await admission.AdmitAsync(context, owner) is { } busy)
            return answer.Refuse(busy);
        var (request, invalid) = IetfRequest.ReadCreation(context.Request);
        if (request is null)
            return answer.Refuse(invalid!);
        // The draft has no field for it: the one of tus, by the same rules.
        var (description, wrongData) = TusMetadata.Read(context.Request);
        if (wrongData is not null)
            return answer.Refuse(wrongData);
        var (digest, wrong) = ContentDigest.Of(context.Request);
        using (digest)
            return wrong is null ? await CreateAsync(context, answer, owner, request, description, digest) : answer.Refuse(wrong);
    }

    private async Task<IResult> CreateAsync(
        HttpContext context, IetfAnswer answer, string owner, IetfRequest request, TusDescription description, ContentDigest? digest)
    {
        var timeToLive = options.Value.TimeToLive;
        var upload = new NewUpload(owner, UploadKind.Resumable, IetfRequest.FileNameOf(context.Request) ?? description.FileName, ContentType: null,
            request.Length, description.Text, Concat: null, timeToLive)
        {
            Caller = description.Caller,
            Digest = request.SourceDigest,
            Tenant = context.User.Tenant(),
        };
        var declared = CreationKeys.Declare(upload.FileName, request.Length?.ToString(CultureInfo.InvariantCulture), context.Request.ContentType,
            request.SourceDigest is { } whole ? Convert.ToBase64String(whole.Value.Span) : null);
        var (id, refused, earlier, creation) = await creations.CreateAsync(context, Route, declared, upload, request.ContentLength);
        if (id is null)
            return answer.Refuse(refused!);
        if (earlier is not null)
            return await AgainAsync(answer, owner, id, earlier);

        var interim = InterimResponses.For(context, time);
        if (interim is not null)
            await interim.AnnounceAsync(answer.AddressOf(id), limits.OfNext());
        if (request is { HasBody: false, IsLast: false })
            return answer.Created(id, offset: 0, time.GetUtcNow() + timeToLive);
        // A creation whose bytes are refused leaves no upload: no client would continue it.
        var append = request.ToAppend(digest, interim) with { IsFatal = static problem => problem.Status is 400 or 403 or 413 or 415 };
        var result = await appender.AppendAsync(context, id, owner, append);
        if (result.Problem is null)
            return result.IsComplete ? answer.Final(result.Video, result.Offset) : answer.Created(id, result.Offset, result.ExpiresAt);
        if (result.HasFailed && creation is not null)
            await creation.EndAsync(CreationEnd.Refused);
        if (!result.HasFailed)
            context.Response.Headers.Location = answer.AddressOf(id);
        return answer.Refuse(result.Problem, result.HasFailed);
    }

    /// <summary>To a request that comes again: the upload, to be continued from where the first one has come to, or its video.</summary>
    private async Task<IResult> AgainAsync(IetfAnswer answer, string owner, string id, UploadInfo earlier)
    {
        if (earlier.State is UploadState.Open)
            return answer.Created(id, earlier.Offset, earlier.ExpiresAt);
        var (video, problem) = await pending.FinishVideoAsync(id, owner);
        return problem is null ? answer.Final(video, earlier.Offset) : answer.Refuse(problem);
    }
}
