using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch.Dashboards;

/// <summary>Dashboards: put, read, listed and deleted. Their body is the caller's own JSON; widgets are checked, not drawn.</summary>
internal sealed partial class DashboardOperations(IResourceStore store)
{
    private const int PageSize = 1000;
    private const int MostWidgets = 500;

    private readonly ResourceSet<DashboardDocument> _dashboards = store.For(DashboardKinds.Dashboard);

    public void Map(ApiMap api)
    {
        api.Map(CloudWatchApi.PutDashboard, PutAsync);
        api.Map(CloudWatchApi.GetDashboard, GetAsync);
        api.Map(CloudWatchApi.ListDashboards, ListAsync);
        api.Map(CloudWatchApi.DeleteDashboards, DeleteAsync);
    }

    public async ValueTask<PutDashboardOutput> PutAsync(PutDashboardInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (!NamePattern().IsMatch(request.DashboardName))
        {
            throw Invalid("The parameter DashboardName must have 1 to 255 letters, digits, - and _.");
        }

        var messages = Check(request.DashboardBody);
        var key = Key(context, request.DashboardName);
        var document = new DashboardDocument(request.DashboardBody);
        var tags = (request.Tags ?? []).ConvertAll(tag => new ResourceTag(tag.Key, tag.Value));
        if (tags.Count > TaggingCapability.MaxTags || tags.DistinctBy(tag => tag.Key).Count() != tags.Count)
        {
            throw Invalid($"A dashboard has at most {TaggingCapability.MaxTags} tags, each key once.");
        }

        while (await _dashboards.UpdateAsync(key, _ => document, cancellationToken) is null
            && await _dashboards.TryAddAsync(key, Arn(context, request.DashboardName), document, tags, cancellationToken) is null)
        {
            // Somebody made or deleted it in between.
        }

        return new PutDashboardOutput { DashboardValidationMessages = messages };
    }

    public async ValueTask<GetDashboardOutput> GetAsync(GetDashboardInput request, CallContext context, CancellationToken cancellationToken) =>
        await _dashboards.FindAsync(Key(context, request.DashboardName), cancellationToken) is { } stored
            ? new GetDashboardOutput { DashboardArn = stored.Arn, DashboardBody = stored.Document.Body, DashboardName = stored.Key.Name }
            : throw NotFound(request.DashboardName);

    public async ValueTask<ListDashboardsOutput> ListAsync(ListDashboardsInput request, CallContext context, CancellationToken cancellationToken)
    {
        try
        {
            var page = await _dashboards.ListAsync(
                new ResourceQuery
                {
                    Account = context.AccountId,
                    Region = DashboardKinds.Everywhere,
                    Kind = DashboardKinds.Dashboard.Name,
                    NameContains = request.DashboardNamePrefix is { Length: > 0 } prefix ? prefix : null,
                    SortBy = ResourceSort.Name,
                    PageSize = PageSize,
                    PageToken = request.NextToken,
                },
                cancellationToken);
            return new ListDashboardsOutput
            {
                DashboardEntries =
                [
                    .. page.Items.Where(item => item.Key.Name.StartsWith(request.DashboardNamePrefix ?? "", StringComparison.Ordinal)).Select(item => new DashboardEntry
                    {
                        DashboardName = item.Key.Name,
                        DashboardArn = item.Arn,
                        LastModified = item.Modified,
                        Size = Encoding.UTF8.GetByteCount(item.Document.Body),
                    }),
                ],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw CloudWatchErrors.InvalidParameterValueException("The parameter NextToken is not one that was returned for this request.");
        }
    }

    public async ValueTask<DeleteDashboardsOutput> DeleteAsync(DeleteDashboardsInput request, CallContext context, CancellationToken cancellationToken)
    {
        // All or none: names are looked at before anything goes.
        foreach (var name in request.DashboardNames)
        {
            _ = await _dashboards.FindAsync(Key(context, name), cancellationToken) ?? throw NotFound(name);
        }

        foreach (var name in request.DashboardNames)
        {
            await _dashboards.DeleteAsync(Key(context, name), cancellationToken: cancellationToken);
        }

        return new DeleteDashboardsOutput();
    }

    private static string Arn(CallContext context, string name) => $"arn:aws:cloudwatch::{context.AccountId}:dashboard/{name}";

    private ResourceKey Key(CallContext context, string name) => _dashboards.Key(context.AccountId, DashboardKinds.Everywhere, name);

    /// <summary>What is wrong with single widgets: the dashboard is kept all the same, as at AWS.</summary>
    /// <exception cref="ServiceException">The body is no dashboard at all.</exception>
    private static List<DashboardValidationMessage> Check(string body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException exception)
        {
            throw Invalid($"The field DashboardBody must be a valid JSON object: {exception.Message}");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("widgets", out var widgets) || widgets.ValueKind != JsonValueKind.Array)
            {
                throw Invalid("The field DashboardBody must be a JSON object with an array \"widgets\".");
            }

            if (widgets.GetArrayLength() > MostWidgets)
            {
                throw Invalid($"A dashboard has at most {MostWidgets} widgets.");
            }

            var messages = new List<DashboardValidationMessage>();
            foreach (var (i, widget) in widgets.EnumerateArray().Index())
            {
                if (widget.ValueKind != JsonValueKind.Object || !widget.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
                {
                    messages.Add(new DashboardValidationMessage { DataPath = $"/widgets/{i}/type", Message = "Should have a type: metric, text, log, alarm, explorer or custom." });
                }
                else if (!widget.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
                {
                    messages.Add(new DashboardValidationMessage { DataPath = $"/widgets/{i}/properties", Message = "Should have properties." });
                }
            }

            return messages;
        }
    }

    private static ServiceException Invalid(string message) => CloudWatchErrors.DashboardInvalidInputError(message);

    private static ServiceException NotFound(string name) => CloudWatchErrors.DashboardNotFoundError($"Dashboard {name} does not exist.");

    [GeneratedRegex(@"\A[0-9A-Za-z_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
