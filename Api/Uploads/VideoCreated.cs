using Ingestion.Api.Videos;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads;

/// <summary>The answer to the request that made a video, the same for every way in, and the same for a repeated request.</summary>
internal static class VideoCreated
{
    /// <summary>201 with the video's record and its address.</summary>
    public static Created<VideoJson> Of(HttpContext context, VideoRecord video)
    {
        var answer = VideoJson.Of(video, context);
        return TypedResults.Created(answer.Links.Self, answer);
    }
}
