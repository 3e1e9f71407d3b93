using Sagebrush.Services.Ecr.Lifecycle;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tests.Ecr;

public sealed class LifecyclePolicyTests : IAsyncDisposable
{
    private readonly RegistryFixture _registry = new();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    // Images are pushed a day apart, the first five days ago: prod-1, prod-2, test-1, untagged, prod-3+test-2.
    [Theory]
    [InlineData("""{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1}""", "prod-1 prod-2 test-1 prod-3+test-2")]
    [InlineData("""{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":2}""", "prod-1 prod-2 test-1 - prod-3+test-2")]
    [InlineData("""{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":2}""", "- prod-3+test-2")]
    [InlineData("""{"tagStatus":"any","countType":"sinceImagePushed","countUnit":"days","countNumber":3}""", "test-1 - prod-3+test-2")]
    [InlineData("""{"tagStatus":"tagged","tagPrefixList":["prod"],"countType":"imageCountMoreThan","countNumber":1}""", "test-1 - prod-3+test-2")]
    [InlineData("""{"tagStatus":"tagged","tagPrefixList":["prod","test"],"countType":"sinceImagePushed","countUnit":"days","countNumber":1}""", "prod-1 prod-2 test-1 - prod-3+test-2")]
    [InlineData("""{"tagStatus":"tagged","tagPatternList":["*-1"],"countType":"sinceImagePushed","countUnit":"days","countNumber":1}""", "prod-2 - prod-3+test-2")]
    public async Task Run_OneRule_ExpiresWhatItIsAbout(string selection, string left)
    {
        var repository = await FillAsync($$$"""{"rules":[{"rulePriority":1,"selection":{{{selection}}},"action":{"type":"expire"}}]}""");

        await _registry.Lifecycle.RunAsync(RegistryFixture.Cancelled);

        Assert.Equal(left, await _registry.TagsAsync(repository));
        Assert.Equal(_registry.Clock.GetUtcNow(), (await _registry.Repositories.FindAsync(repository.Key, RegistryFixture.Cancelled))!.Document.LifecycleEvaluated);
    }

    [Fact]
    public async Task Run_TwoRules_AnImageIsInTheHandsOfTheFirstOneAboutIt()
    {
        // The first rule keeps three of "prod", so the second may not expire them for their age, though it counts them.
        var repository = await FillAsync(
            """
            {"rules":[
              {"rulePriority":20,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}},
              {"rulePriority":10,"selection":{"tagStatus":"tagged","tagPrefixList":["prod"],"countType":"imageCountMoreThan","countNumber":3},"action":{"type":"expire"}}]}
            """);

        await _registry.Lifecycle.RunAsync(RegistryFixture.Cancelled);

        Assert.Equal("prod-1 prod-2 prod-3+test-2", await _registry.TagsAsync(repository));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"rules":[]}""")]
    [InlineData("""{"rules":[{"rulePriority":0,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"tagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","tagPrefixList":["a"],"countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"sinceImagePushed","countNumber":1},"action":{"type":"expire"}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"surprise":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}},{"rulePriority":2,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""")]
    [InlineData("""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"\ud800","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""")]
    public void Parse_PolicyThatBreaksARule_IsRefused(string policy)
    {
        var refusal = Assert.Throws<ServiceException>(() => LifecyclePolicy.Parse(policy));

        Assert.Equal("InvalidParameterException", refusal.Code);
        Assert.Contains("Lifecycle policy validation failure", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<Stored<RepositoryDocument>> FillAsync(string policy)
    {
        var repository = await _registry.CreateAsync("filled");
        foreach (var tag in new[] { "prod-1", "prod-2", "test-1", null, "prod-3" })
        {
            await _registry.PutAsync(repository, $"image {tag}", tag);
            if (tag == "prod-3")
            {
                await _registry.PutAsync(repository, $"image {tag}", "test-2");
            }

            _registry.Clock.Advance(TimeSpan.FromDays(1));
        }

        return await _registry.Repositories.UpdateAsync(repository.Key, document => document with { LifecyclePolicy = policy }, RegistryFixture.Cancelled);
    }
}
