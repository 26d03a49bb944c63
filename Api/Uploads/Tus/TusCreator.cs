using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Creations;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>Creation requests of tus 1.0.0, with or without the first bytes, partial and final uploads among them.</summary>
internal sealed class TusCreator(
    ResumableCreations creations,
    UploadAppender appender,
    UploadCancellation cancellation,
    TusConcatenator concatenator,
    UploadAdmission admission,
    CallerRates rates,
    BodyLimits limits,
    TusAnswers answers,
    IOptions<UploadOptions> options,
    TimeProvider time)
{
    private const string Route = "POST /api/uploads";

    public async Task<IResult> CreateAsync(HttpContext context)
    {
        limits.Lift(context);
        var owner = context.User.UserId();
        if (TusAnswers.RefuseVersion(context) is { } unsupported)
            return answers.Refuse(unsupported);
        if (await admission.AdmitAsync(context, owner) is { } busy)
            return answers.Refuse(busy);
        var (creation, invalid) = TusCreation.Read(context.Request);
        if (creation is null)
            return answers.Refuse(invalid!);
        if (creation.Concat?.Parts is not null)
            return await CreateFinalAsync(context, owner, creation);

        var (checksum, wrong) = TusChecksum.Read(context.Request);
        using (checksum)
            return wrong is null ? await CreateAsync(context, owner, creation, checksum) : answers.Refuse(wrong);
    }

    private async Task<IResult> CreateAsync(HttpContext context, string owner, TusCreation creation, TusChecksum? checksum)
    {
        var timeToLive = options.Value.TimeToLive;
        var (id, refused, earlier, keyed) = await creations.CreateAsync(context, Route, creation.Declared, creation.ToUpload(owner, timeToLive));
        if (id is null)
            return answers.Refuse(refused!);
        if (earlier is not null)
        {
            // Its bytes are taken by PATCH, from where the first request has come to.
            DateTimeOffset? expires = earlier.State is UploadState.Open ? earlier.ExpiresAt : null;
            TusAnswers.SetProgress(context.Response, creation.IsWithUpload ? earlier.Offset : null, expires);
            return TusAnswers.Created(context, id);
        }

        // Nothing is a whole upload too.
        if (!creation.HasBody && creation.Length != 0)
        {
            TusAnswers.SetProgress(context.Response, creation.IsWithUpload ? 0 : null, time.GetUtcNow() + timeToLive);
            return TusAnswers.Created(context, id);
        }

        var result = await appender.AppendAsync(context, id, owner, new Append(0, CompletesWhen.LengthReached, Digest: checksum));
        if (!IsLeftToContinue(result.Problem))
        {
            // The client never learns its address.
            await cancellation.CancelAsync(id, owner);
            if (keyed is not null)
                await keyed.EndAsync(CreationEnd.Refused);
            return answers.Refuse(result.Problem!);
        }

        TusAnswers.SetProgress(context.Response, creation.IsWithUpload ? result.Offset : null, result.IsComplete ? null : result.ExpiresAt);
        return TusAnswers.Created(context, id);
    }

    private async Task<IResult> CreateFinalAsync(HttpContext context, string owner, TusCreation creation)
    {
        // Its pieces are ids that can be made up, like any.
        if (rates.Check(context, RateKind.UnknownId) is { } busy)
            return answers.Refuse(busy);
        var (id, problem) = await concatenator.ConcatenateAsync(owner, creation, context.RequestAborted);
        if (problem == Problem.PartialUploadUnknown)
            await rates.ChargeAsync(context, RateKind.UnknownId);
        return id is null ? answers.Refuse(problem!) : TusAnswers.Created(context, id);
    }

    /// <summary>A body that was cut short has still created the upload; the offset shows how much of it counts.</summary>
    private static bool IsLeftToContinue(Problem? problem) =>
        problem is null || problem == Problem.UploadInterrupted || problem == Problem.UploadTakenOver || problem == Problem.UploadTooSlow;
}
