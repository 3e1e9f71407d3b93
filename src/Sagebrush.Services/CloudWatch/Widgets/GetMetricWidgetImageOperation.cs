using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.MetricMath;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>Draws a widget as a PNG.</summary>
internal sealed class GetMetricWidgetImageOperation(IMetricStore store, TimeProvider time)
    : IOperation<GetMetricWidgetImageInput, GetMetricWidgetImageOutput>
{
    public async ValueTask<GetMetricWidgetImageOutput> InvokeAsync(
        GetMetricWidgetImageInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.OutputFormat is not (null or "png"))
        {
            throw Refuse($"Invalid output format \"{request.OutputFormat}\": an image comes as png.");
        }

        Widget widget;
        try
        {
            widget = new WidgetReader(time.GetUtcNow()).Read(request.MetricWidget);
        }
        catch (WidgetException exception)
        {
            throw Refuse(exception.Message);
        }

        var queries = new MetricQueries(store, context.AccountId, context.Region, widget.Queries, "metrics");
        var results = widget.Queries.Count == 0 ? [] : await queries.RunAsync(widget.Start, widget.End, cancellationToken);
        try
        {
            return new GetMetricWidgetImageOutput { MetricWidgetImage = WidgetPicture.Draw(widget, results) };
        }
        catch (WidgetException exception)
        {
            throw Refuse(exception.Message);
        }
    }

    private static ServiceException Refuse(string message) => new("ValidationError", message);
}
