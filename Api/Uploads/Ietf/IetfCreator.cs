using Ingestion.Api.Auth;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Api.Uploads.Tus;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>Creation requests of the draft, with or without bytes.</summary>
internal sealed class IetfCreator(
    UploadCreator creator, UploadAppender appender, UploadAdmission admission, BodyLimits bodyLimits, IetfLimits limits, IetfAnswers answers,
    IOptions<UploadOptions> options, TimeProvider time)
{
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
        var (id, refused) = await creator.CreateAsync(upload, request.ContentLength);
        if (id is null)
            return answer.Refuse(refused!);

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
        if (!result.HasFailed)
            context.Response.Headers.Location = answer.AddressOf(id);
        return answer.Refuse(result.Problem, result.HasFailed);
    }
}
