using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "One-way call {Call} failed")]
    public static partial void OneWayCallFailed(ILogger logger, GrainCall call, Exception failure);

    [LoggerMessage(2, LogLevel.Debug, "No observer for {Call}: deleted or collected")]
    public static partial void ObserverUnknown(ILogger logger, GrainCall call);

    [LoggerMessage(3, LogLevel.Error, "Activation of {Grain} failed")]
    public static partial void ActivationFailed(ILogger logger, GrainId grain, Exception failure);

    [LoggerMessage(4, LogLevel.Error, "OnDeactivateAsync of {Grain} failed")]
    public static partial void DeactivationFailed(ILogger logger, GrainId grain, Exception failure);

    [LoggerMessage(5, LogLevel.Warning, "A timer of {Grain} failed")]
    public static partial void TimerFailed(ILogger logger, GrainId grain, Exception failure);

    [LoggerMessage(6, LogLevel.Warning, "Reminder {Reminder} of {Grain} failed")]
    public static partial void ReminderFailed(ILogger logger, GrainId grain, string reminder, Exception failure);

    [LoggerMessage(7, LogLevel.Warning, "Delivery of stream {Stream} to {Subscriber} failed")]
    public static partial void DeliveryFailed(ILogger logger, StreamId stream, string subscriber, Exception failure);

    [LoggerMessage(8, LogLevel.Information, "Silo {Silo} is {Status}")]
    public static partial void SiloStatusChanged(ILogger logger, SiloAddress silo, SiloStatus status);

    [LoggerMessage(9, LogLevel.Error, "A piece of work of {Grain} failed outside of any call")]
    public static partial void WorkFailed(ILogger logger, GrainId grain, Exception failure);
}
